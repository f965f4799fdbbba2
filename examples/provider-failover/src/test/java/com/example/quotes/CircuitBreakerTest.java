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

    @Test
    void opensAfterThreeFailuresTriesOnceAMinuteAndCloses() {
        VirtualTime time = new VirtualTime();
        CircuitBreaker breaker = new CircuitBreaker(ChaosClock.on(time, Instant.parse("2026-01-01T12:00:00Z")));

        BreakerDrive.Driven driven = BreakerDrive.of(
                        "quotes",
                        () -> BreakerDrive.State.valueOf(breaker.state().name()),
                        call -> through(breaker, call))
                .openFor(Duration.ofMinutes(1))
                .run(time);

        assertThat(driven.failuresToOpen()).isEqualTo(3);
        assertThat(driven.successesToClose()).isEqualTo(1);
    }

    private static void through(CircuitBreaker breaker, Callable<Boolean> call) {
        if (!breaker.mayCall()) {
            return;
        }
        try {
            call.call();
            breaker.succeeded();
        } catch (Exception failure) {
            breaker.failed();
        }
    }
}
