// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.ChaosClock;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.BreakerDrive.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The breaker that users have, on virtual time: an hour of waiting takes none. */
class ResilienceBreakerTest {

    private static final Duration OPEN_FOR = Duration.ofHours(1);

    private final VirtualTime time = new VirtualTime();
    private final ChaosClock clock = ChaosClock.on(time, Instant.parse("2026-01-01T00:00:00Z"));

    private CircuitBreakerConfig.Builder config() {
        return CircuitBreakerConfig.custom()
                .minimumNumberOfCalls(4)
                .slidingWindowSize(4)
                .permittedNumberOfCallsInHalfOpenState(2)
                .waitDurationInOpenState(OPEN_FOR)
                .clock(clock)
                // its default is System.nanoTime, whatever the clock is
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS);
    }

    private static BreakerDrive drive(CircuitBreaker breaker) {
        return BreakerDrive.of(
                        "payments", () -> State.valueOf(breaker.getState().name()), breaker::executeCallable)
                .openFor(OPEN_FOR);
    }

    @Test
    void itGoesThroughAllItsStatesAndItsEventsSaySo() {
        CircuitBreaker breaker = CircuitBreaker.of("payments", config().build());
        Events<Object> events = new Events<>();
        breaker.getEventPublisher().onEvent(events::emit);
        try (var transitions = events.collect(CircuitBreakerOnStateTransitionEvent.class)) {
            assertThat(drive(breaker).run(time)).isEqualTo(new BreakerDrive.Driven(3, 2));

            assertThat(transitions.await(5, Duration.ZERO))
                    .extracting(transition -> transition.getStateTransition().getToState())
                    .containsExactly(
                            CircuitBreaker.State.OPEN,
                            CircuitBreaker.State.HALF_OPEN,
                            CircuitBreaker.State.OPEN,
                            CircuitBreaker.State.HALF_OPEN,
                            CircuitBreaker.State.CLOSED);
        }
        StateProbe.of("payments", breaker::getState).assertState(CircuitBreaker.State.CLOSED);
    }

    @Test
    void theDurationOfACallIsOnThatTimeToo() {
        CircuitBreaker breaker = CircuitBreaker.of(
                "slow",
                config().slowCallDurationThreshold(Duration.ofMinutes(1)).build());

        for (int i = 0; i < 4; i++) {
            breaker.executeRunnable(() -> time.advance(Duration.ofMinutes(2)));
        }

        StateProbe.of("slow", breaker::getState).assertState(CircuitBreaker.State.OPEN);
    }

    @Test
    void oneThatIgnoresTheFailureIsRed() {
        CircuitBreaker breaker = CircuitBreaker.of(
                "payments", config().ignoreExceptions(IOException.class).build());

        assertThatThrownBy(() -> drive(breaker).callsMax(50).run(time))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("must open after failing calls, but was CLOSED after 50 of them.");
    }

    @Test
    void oneThatGoesByAnotherClockIsRed() {
        CircuitBreaker breaker =
                CircuitBreaker.of("payments", config().clock(Clock.systemUTC()).build());

        assertThatThrownBy(() -> drive(breaker).run(time))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("but refused it. Check its wait duration, and that it goes by this time.");
    }

    @Test
    void oneThatTakesASuccessForAFailureNeverClosesAndIsRed() {
        CircuitBreaker breaker = CircuitBreaker.of(
                "payments", config().recordResult(result -> true).build());

        assertThatThrownBy(() -> drive(breaker).callsMax(50).run(time))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("must close after successful trial calls, but was OPEN after 2 of them.");
    }
}
