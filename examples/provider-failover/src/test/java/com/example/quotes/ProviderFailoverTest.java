// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.Behavior;
import dev.chaostest.call.Behaviors;
import dev.chaostest.call.Calls;
import dev.chaostest.call.Wrapping;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.ChaosClock;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** Three providers, of which each has its own way to fail; minutes of it pass in no time. */
@Tag(ChaosTags.RECOVERY)
class ProviderFailoverTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Clock clock;
    private Exchange premium;
    private Exchange backup;
    private Exchange archive;
    private FailoverQuotes quotes;

    @BeforeEach
    void threeProviders(ChaosScope scope, VirtualTime time) {
        clock = ChaosClock.on(time, Instant.parse("2026-01-01T12:00:00Z"));
        premium = new Exchange(clock);
        backup = new Exchange(clock);
        archive = new Exchange(clock);
        quotes = new FailoverQuotes(
                List.of(
                        scope.wrap(QuoteProvider.class, premium, Wrapping.named("premium")),
                        scope.wrap(QuoteProvider.class, backup, Wrapping.named("backup")),
                        scope.wrap(QuoteProvider.class, archive, Wrapping.named("archive"))),
                clock);
    }

    private static Rule on(String provider, Behavior behavior) {
        return Rule.of(Calls.to(QuoteProvider.class).on(provider), Trigger.always(), behavior);
    }

    @ChaosTest
    void anOutageOfTheBestIsBridgedAndItComesBack(ChaosScope scope, VirtualTime time) {
        scope.inject(on(
                "premium",
                Behaviors.phases(() -> new IOException("premium is down"))
                        .healthy(Duration.ofSeconds(10))
                        .failed(Duration.ofSeconds(30))));

        for (int second = 0; second < 120; second++) {
            assertThat(quotes.latest("ACME").asOf()).isEqualTo(clock.instant());
            time.advance(SECOND);
        }

        assertThat(scope.fired()).as("three failures, and the breaker was open").hasSize(3);
        assertThat(backup.sold()).as("while it was").isEqualTo(3 + 59);
        assertThat(premium.sold()).as("before and after").isEqualTo(10 + 48);
        assertThat(archive.sold()).isZero();
        assertThat(quotes.breaker(0)).isEqualTo(CircuitBreaker.State.CLOSED);
    }
}
