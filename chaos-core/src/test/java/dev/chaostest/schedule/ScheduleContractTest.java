// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every schedule obeys, whether it ends by itself or goes on until it is closed. */
class ScheduleContractTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * One kind.
     *
     * @param ends whether what it does is over when it is through
     */
    private record Kind(String name, boolean ends, Function<Targets, Schedule> made) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What it is handed, and somebody who stands beside. */
    private record Targets(Thing bank, Thing shop, Thing bystander) {
        Targets() {
            this(new Thing("bank"), new Thing("shop"), new Thing("bystander"));
        }

        Level level() {
            return Level.of("latency", ms -> bank.down());
        }

        boolean isHealthy() {
            return bank.up && shop.up;
        }

        boolean isTouched() {
            return !bank.seen.isEmpty() || !shop.seen.isEmpty();
        }

        /** How often something was done to one of them that was not undone. */
        long open() {
            return Stream.of(bank, shop)
                    .mapToLong(
                            thing -> thing.seen.stream().filter("down"::equals).count()
                                    - thing.seen.stream().filter("up"::equals).count())
                    .sum();
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(
                        "flap, transient",
                        true,
                        it -> Schedule.flap(it.bank).down(SECOND).up(SECOND).times(3)),
                new Kind(
                        "flap, persistent",
                        false,
                        it -> Schedule.flap(it.bank).down(SECOND).up(SECOND)),
                new Kind(
                        "random kill, transient",
                        true,
                        it -> killing(it).down(SECOND).times(5)),
                new Kind("random kill, persistent", false, ScheduleContractTest::killing),
                new Kind(
                        "ramp, transient",
                        true,
                        it -> Schedule.ramp(it.level(), 1, 5).steps(5)),
                new Kind(
                        "ramp, persistent",
                        false,
                        it -> Schedule.ramp(it.level(), 1, 5).steps(5).andHold()),
                new Kind(
                        "sine, transient",
                        true,
                        it -> Schedule.wave(it.level(), 1, 5).times(2)),
                new Kind(
                        "square, persistent",
                        false,
                        it -> Schedule.wave(it.level(), 1, 5).square()),
                new Kind("span, transient", true, it -> Schedule.during(SECOND, it.bank)),
                new Kind("span, persistent", false, it -> Schedule.after(SECOND, it.bank)),
                new Kind("fault, transient", true, it -> Schedule.during(SECOND, "slow", it.bank::down)),
                new Kind("fault, persistent", false, it -> Schedule.after(SECOND, "slow", it.bank::down)),
                new Kind(
                        "combined, transient",
                        true,
                        it -> Schedule.combine(
                                Schedule.flap(it.bank).down(SECOND).times(1), Schedule.during(SECOND, it.shop))),
                new Kind(
                        "combined, persistent",
                        false,
                        it -> Schedule.combine(
                                Schedule.flap(it.bank).down(SECOND), Schedule.after(Duration.ZERO, it.shop))));
    }

    private static RandomKill killing(Targets it) {
        return Schedule.randomKill("both", List.of(it.bank, it.shop))
                .every(SECOND)
                .probability(1);
    }

    private final Theatre theatre = new Theatre();
    private final Targets targets = new Targets();

    private RunningSchedule played(Kind kind) {
        RunningSchedule running = theatre.start(kind.made.apply(targets));
        theatre.play(running, Duration.ofMinutes(1));
        return running;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void actsIsSeenAndHealsOnClose(Kind kind) {
        RunningSchedule running = played(kind);

        assertThat(targets.isTouched()).isTrue();
        assertThat(running.steps()).isNotEmpty();
        assertThat(theatre.ledger()).hasSameSizeAs(running.steps());
        if (kind.ends) {
            assertThat(running.isThrough()).isTrue();
            assertThat(targets.open()).isZero();
        }

        running.close();
        assertThat(targets.isHealthy()).isTrue();
        assertThat(targets.open()).isZero();
        assertThat(running.isThrough()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void closingHalfWayUndoes(Kind kind) {
        RunningSchedule running = theatre.start(kind.made.apply(targets));
        theatre.isWaiting(running);
        while (targets.open() == 0 && theatre.isWaiting(running)) {
            theatre.time.advance(theatre.time.timers().get(0));
            theatre.isWaiting(running); // until what was due is done
        }
        assertThat(targets.open()).isPositive();

        running.close();
        assertThat(targets.isHealthy()).isTrue();
        assertThat(targets.open()).isZero();
        assertThat(theatre.time.timers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void secondCloseIsHarmless(Kind kind) {
        RunningSchedule running = played(kind);
        running.close();
        List<String> bank = List.copyOf(targets.bank.seen);
        List<String> ledger = theatre.ledger();

        assertThatCode(running::close).doesNotThrowAnyException();
        assertThatCode(running::heal).doesNotThrowAnyException();
        assertThat(targets.bank.seen).isEqualTo(bank);
        assertThat(theatre.ledger()).isEqualTo(ledger);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void touchesOnlyItsTargets(Kind kind) {
        played(kind).close();

        assertThat(targets.bystander.seen).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sameSeedGivesTheSameLedger(Kind kind) {
        played(kind).close();
        Theatre again = new Theatre();
        RunningSchedule running = again.start(kind.made.apply(new Targets()));
        again.play(running, Duration.ofMinutes(1));
        running.close();

        assertThat(again.ledger()).isEqualTo(theatre.ledger()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noThreadIsLeft(Kind kind) {
        RunningSchedule running = played(kind);
        running.close();

        assertThat(running.thread().isAlive()).isFalse();
        assertThat(running.thread().isDaemon()).isTrue();
        assertThat(running.thread().getName()).isEqualTo("chaos-schedule-1");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsDoneAfterClosing(Kind kind) {
        RunningSchedule running = played(kind);
        running.close();
        int touched = targets.bank.seen.size();

        theatre.time.advance(Duration.ofHours(1));
        assertThat(targets.bank.seen).hasSize(touched);
    }
}
