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
import dev.chaostest.schedule.RunningSchedule;
import dev.chaostest.schedule.Schedule;
import dev.chaostest.schedule.Victim;
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
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Clock clock;
    private Exchange premium;
    private Exchange backup;
    private Exchange archive;
    private QuoteProvider best;
    private FailoverQuotes quotes;

    @BeforeEach
    void threeProviders(ChaosScope scope, VirtualTime time) {
        clock = ChaosClock.on(time, Instant.parse("2026-01-01T12:00:00Z"));
        premium = new Exchange(clock);
        backup = new Exchange(clock);
        archive = new Exchange(clock);
        best = scope.wrap(QuoteProvider.class, premium, Wrapping.named("premium"));
        quotes = new FailoverQuotes(
                List.of(
                        best,
                        scope.wrap(QuoteProvider.class, backup, Wrapping.named("backup")),
                        scope.wrap(QuoteProvider.class, archive, Wrapping.named("archive"))),
                clock);
    }

    private static Rule on(String provider, Behavior behavior) {
        return Rule.of(Calls.to(QuoteProvider.class).on(provider), Trigger.always(), behavior);
    }

    /** A question a second; each is answered, with a quote of this moment. */
    private void ask(VirtualTime time) {
        assertThat(quotes.latest("ACME").asOf()).isEqualTo(clock.instant());
        time.advance(SECOND);
    }

    @ChaosTest
    void anOutageOfTheBestIsBridgedAndItComesBack(ChaosScope scope, VirtualTime time) {
        scope.inject(on(
                "premium",
                Behaviors.phases(() -> new IOException("premium is down"))
                        .healthy(Duration.ofSeconds(10))
                        .failed(Duration.ofSeconds(30))));

        for (int second = 0; second < 120; second++) {
            ask(time);
        }

        assertThat(scope.fired()).as("three failures, and the breaker was open").hasSize(3);
        assertThat(backup.sold()).as("while it was").isEqualTo(3 + 59);
        assertThat(premium.sold()).as("before and after").isEqualTo(10 + 48);
        assertThat(archive.sold()).isZero();
        assertThat(quotes.breaker(0)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @ChaosTest
    void whenTwoHaveTroubleAtOnceTheThirdStandsIn(ChaosScope scope, VirtualTime time) throws Exception {
        Rule down = on("premium", Behaviors.alwaysFail(() -> new IOException("premium is down")));
        Victim victim = Victim.of("premium", () -> scope.inject(down), () -> best.latest("ACME") != null);
        scope.inject(on("backup", Behaviors.rateLimit(10, 10, MINUTE, after -> new IOException("wait for " + after))));

        RunningSchedule flaps = scope.run(
                Schedule.flap(victim).down(MINUTE).up(MINUTE.multipliedBy(2)).times(3));
        for (int second = 0; second < 7 * 60; second++) {
            time.awaitTimers(1, Duration.ofSeconds(30)); // it waits for the next step, too
            ask(time);
        }
        flaps.await(Duration.ofSeconds(30));

        assertThat(flaps.steps()).first().isEqualTo("flap premium: down 1 of 3");
        assertThat(flaps.steps()).last().isEqualTo("flap premium: up 3 of 3");
        assertThat(backup.sold()).as("stood in for the best").isPositive();
        assertThat(archive.sold()).as("stood in for the limited one").isPositive();
        time.advance(MINUTE);
        int before = premium.sold();
        ask(time);
        assertThat(premium.sold()).as("is asked again").isEqualTo(before + 1);
    }

    @ChaosTest
    void anOldQuoteIsNotSold(ChaosScope scope, VirtualTime time) {
        Behavior minuteOld = Behaviors.stale(
                "a minute old",
                quote -> new Quote("ACME", ((Quote) quote).price(), ((Quote) quote).asOf().minus(MINUTE)),
                MINUTE);
        scope.inject(on("premium", minuteOld));

        for (int second = 0; second < 10; second++) {
            ask(time);
        }

        assertThat(premium.sold()).as("was given up after three").isEqualTo(3);
        assertThat(backup.sold()).isEqualTo(10);
        assertThat(quotes.breaker(0)).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @ChaosTest
    void whenNobodyHasAQuoteEachSaysWhy(ChaosScope scope, VirtualTime time) {
        for (String provider : List.of("premium", "backup", "archive")) {
            scope.inject(on(provider, Behaviors.alwaysFail(() -> new IOException(provider + " is down"))));
        }

        assertThatThrownBy(() -> quotes.latest("ACME"))
                .isInstanceOf(NoQuoteException.class)
                .satisfies(none -> assertThat(none.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("premium is down", "backup is down", "archive is down"));
        assertThat(time.timers()).isEmpty();
    }
}
