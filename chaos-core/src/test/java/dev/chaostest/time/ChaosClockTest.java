// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.work.Workers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChaosClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualTime time = new VirtualTime();
    private final ChaosClock clock = ChaosClock.on(time, START);

    @Test
    void goesAsItsTimeGoes() {
        assertThat(clock.instant()).isEqualTo(START);
        time.advance(MINUTE);
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(60));
        assertThat(clock.millis()).isEqualTo(START.plusSeconds(60).toEpochMilli());
    }

    @Test
    void standsStillExceptWhenItJumps() {
        ChaosClock fixed = ChaosClock.fixed(START);
        assertThat(fixed.instant()).isEqualTo(START);

        fixed.jump(MINUTE);
        assertThat(fixed.instant()).isEqualTo(START.plusSeconds(60));
        fixed.jump(MINUTE.multipliedBy(-3));
        assertThat(fixed.instant()).isEqualTo(START.minusSeconds(120));
    }

    @Test
    void aSkewedOneIsAlwaysAsFarAhead() {
        ChaosClock behind = clock.skewed(Duration.ofSeconds(-3));
        ChaosClock ahead = clock.skewed(Duration.ofSeconds(2));
        time.advance(MINUTE);

        assertThat(behind.instant()).isEqualTo(START.plusSeconds(57));
        assertThat(ahead.instant()).isEqualTo(START.plusSeconds(62));
        clock.jump(MINUTE);
        assertThat(ahead.instant()).as("what it is on has jumped").isEqualTo(START.plusSeconds(122));
        ahead.jump(MINUTE);
        assertThat(clock.instant()).as("not the other way round").isEqualTo(START.plusSeconds(120));
    }

    @Test
    void aDriftingOneGoesTooFastOrTooSlowFromNowOn() {
        time.advance(MINUTE);
        ChaosClock fast = clock.drifting(1.1);
        ChaosClock slow = clock.drifting(0.5);
        assertThat(fast.instant()).isEqualTo(slow.instant()).isEqualTo(START.plusSeconds(60));
        time.advance(MINUTE);

        assertThat(fast.instant()).isEqualTo(START.plusSeconds(126));
        assertThat(slow.instant()).isEqualTo(START.plusSeconds(90));
        time.advance(Duration.ofDays(3650));
        assertThat(Duration.between(clock.instant(), fast.instant()))
                .as("exact over years")
                .isCloseTo(Duration.ofDays(365).plusSeconds(6), Duration.ofMillis(1));
    }

    @Test
    void oneJumpsByItselfOnceWhenItsTimeIsReached() {
        ChaosClock jumping = clock.jumpingAt(START.plusSeconds(60), MINUTE.negated());
        time.advance(Duration.ofMillis(59_999));
        assertThat(jumping.instant()).isEqualTo(START.plusMillis(59_999));
        time.advance(Duration.ofMillis(1));
        assertThat(jumping.instant()).isEqualTo(START);
        time.advance(Duration.ofMinutes(2));
        assertThat(jumping.instant())
                .as("it passes that time again and does not jump again")
                .isEqualTo(START.plusSeconds(120));
    }

    @Test
    void oneThatJumpsTwice() {
        ChaosClock jumping = clock.jumpingAt(START.plusSeconds(60), MINUTE).jumpingAt(START.plusSeconds(180), MINUTE);
        time.advance(MINUTE);
        assertThat(jumping.instant()).isEqualTo(START.plusSeconds(120));
        time.advance(MINUTE);
        assertThat(jumping.instant()).isEqualTo(START.plusSeconds(240));
        assertThat(clock.jumpingAt(START, MINUTE).instant())
                .as("at once if that is over")
                .isEqualTo(START.plusSeconds(180));
    }

    @Test
    void isOnTopOfAnyClock() {
        ZoneId apia = ZoneId.of("Pacific/Apia");
        ChaosClock over = ChaosClock.over(Clock.fixed(START, apia)).skewed(MINUTE);

        assertThat(over.instant()).isEqualTo(START.plusSeconds(60));
        assertThat(over.getZone()).isEqualTo(apia);
    }

    @Test
    void viewsInOtherZonesJumpAlong() {
        ChaosClock apia = clock.withZone(ZoneId.of("Pacific/Apia"));
        clock.jump(MINUTE);
        apia.jump(MINUTE);

        assertThat(clock.instant()).isEqualTo(apia.instant()).isEqualTo(START.plusSeconds(120));
        assertThat(LocalDateTime.now(apia)).isEqualTo(LocalDateTime.parse("2026-01-01T13:02:00"));
        assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void isEqualToItselfInTheSameZoneOnly() {
        ChaosClock apia = clock.withZone(ZoneId.of("Pacific/Apia"));

        assertThat(apia.withZone(ZoneOffset.UTC)).isEqualTo(clock).hasSameHashCodeAs(clock);
        assertThat(apia).isNotEqualTo(clock);
        assertThat(ChaosClock.on(time, START)).as("they may part").isNotEqualTo(clock);
        assertThat(clock.skewed(MINUTE).drifting(1.5))
                .hasToString("ChaosClock[drifting 1.5 skewed by PT1M on VirtualTime, 2026-01-01T00:01:00Z, Z]");
        assertThat(ChaosClock.fixed(START).jumpingAt(START.plusSeconds(1), MINUTE))
                .hasToString("ChaosClock[jumping by PT1M at 2026-01-01T00:00:01Z fixed, 2026-01-01T00:00:00Z, Z]");
    }

    @Test
    void aRateMustBeOne() {
        assertThatThrownBy(() -> clock.drifting(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The rate of a clock must be above 0, but was 0.0. Use ChaosClock.fixed for one that stands "
                                + "still, and jump for one that goes back.");
        assertThatThrownBy(() -> clock.drifting(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyThreadsJumpAndEachJumpCounts() throws InterruptedException {
        ChaosClock jumping = clock.jumpingAt(START.plusNanos(1), Duration.ofDays(1));
        Workers.of(4).run(worker -> {
            for (int i = 0; i < 500; i++) {
                jumping.jump(Duration.ofMillis(1));
                jumping.instant();
            }
        });

        assertThat(jumping.instant()).isEqualTo(START.plus(Duration.ofDays(1)).plusMillis(2_000));
    }

    /** A story: who rents something may be late by the grace, and not a moment longer. */
    @Nested
    class WhenARentalExpires {

        private static final long HOURS = 4;
        private static final long GRACE_MINUTES = 30;

        private record Rental(Instant allocated, long hours, long graceMinutes) {
            boolean isExpired(Clock clock) {
                return clock.instant().isAfter(allocated.plusSeconds(hours * 3600 + graceMinutes * 60));
            }
        }

        private final Rental rental = new Rental(START, HOURS, GRACE_MINUTES);

        @Test
        void theLastMomentOfTheGraceIsNotLate() {
            time.advance(Duration.ofHours(HOURS).plusMinutes(GRACE_MINUTES));
            assertThat(rental.isExpired(clock)).isFalse();

            time.advance(Duration.ofNanos(1));
            assertThat(rental.isExpired(clock)).isTrue();
        }

        @Test
        void aNodeWhoseClockIsAheadTakesItAwayTooEarly() {
            time.advance(Duration.ofHours(HOURS).plusMinutes(GRACE_MINUTES));

            assertThat(rental.isExpired(clock.skewed(Duration.ofMillis(1)))).isTrue();
            assertThat(rental.isExpired(clock.skewed(Duration.ofMillis(-1)))).isFalse();
        }

        @Test
        void aClockThatIsSetBackGivesItASecondLife() {
            time.advance(Duration.ofHours(HOURS + 1));
            assertThat(rental.isExpired(clock)).isTrue();

            clock.jump(Duration.ofMinutes(-30));
            assertThat(rental.isExpired(clock)).isFalse();
        }
    }
}
