// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.time.ChaosClock;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.BreakerDrive;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The breaker alone, taken through its whole life. */
class CircuitBreakerTest {

    private final VirtualTime time = new VirtualTime();
    private final CircuitBreaker breaker =
            new CircuitBreaker(ChaosClock.on(time, Instant.parse("2026-01-01T12:00:00Z")));

    @Test
    void opensAfterThreeFailuresTriesOnceAMinuteAndCloses() {
        BreakerDrive.Driven driven = BreakerDrive.of(
                        "quotes",
                        () -> BreakerDrive.State.valueOf(breaker.state().name()),
                        this::through)
                .openFor(Duration.ofMinutes(1))
                .run(time);

        assertThat(driven.failuresToOpen()).isEqualTo(3);
        assertThat(driven.successesToClose()).isEqualTo(1);
    }

    private void through(Callable<Boolean> call) {
        breaker.tryCall().ifPresent(permit -> {
            try {
                call.call();
                permit.succeeded();
            } catch (Exception failure) {
                permit.failed();
            }
        });
    }

    private CircuitBreaker.Permit permit() {
        return breaker.tryCall().orElseThrow();
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            permit().failed();
        }
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aLateSuccessDoesNotCloseIt() {
        CircuitBreaker.Permit slow = permit();
        open();

        slow.succeeded();

        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(breaker.tryCall()).isEmpty();
    }

    @Test
    void aLateFailureDoesNotKeepItOpenForLonger() {
        CircuitBreaker.Permit slow = permit();
        open();
        time.advance(Duration.ofSeconds(59));

        slow.failed();
        time.advance(Duration.ofSeconds(1));

        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void onlyOneTriesThoughALateOneFails() {
        CircuitBreaker.Permit slow = permit();
        open();
        time.advance(Duration.ofMinutes(1));
        CircuitBreaker.Permit trial = permit();

        slow.failed();
        assertThat(breaker.tryCall()).isEmpty();

        trial.succeeded();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }
}
