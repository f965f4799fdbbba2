// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RunningScheduleTest {

    private final Theatre theatre = new Theatre();
    private final List<String> events = new CopyOnWriteArrayList<>();

    private AutoCloseable fault(String name) {
        events.add(name + " on");
        return () -> events.add(name + " off");
    }

    @Test
    void faultIsThereForASpanOfTime() throws InterruptedException {
        RunningSchedule running = theatre.start(Schedule.during(Duration.ofSeconds(3), "slow", () -> fault("slow"))
                .startingAfter(Duration.ofSeconds(2)));
        theatre.play(running);
        running.await(Theatre.DEADLINE);
        running.close();

        assertThat(theatre.ledger()).containsExactly("2.00 slow during 3s: begins", "5.00 slow during 3s: ends");
        assertThat(events).containsExactly("slow on", "slow off");
    }

    @Test
    void faultIsThereFromATimeOnUntilClosed() throws InterruptedException {
        RunningSchedule running = theatre.start(Schedule.after(Duration.ofSeconds(2), "slow", () -> fault("slow")));
        theatre.play(running);
        running.await(Theatre.DEADLINE);
        assertThat(events).containsExactly("slow on");

        running.close();
        running.close();
        assertThat(events).containsExactly("slow on", "slow off");
        assertThat(theatre.ledger()).containsExactly("2.00 slow until closed: begins");
    }

    @Test
    void victimOfASpanIsAssertedToGoAndComeBack() {
        Thing bank = new Thing("bank");
        RunningSchedule green = theatre.start(Schedule.during(Duration.ofSeconds(3), bank));
        theatre.play(green);
        green.close();
        assertThat(bank.seen).containsExactly("down", "up");

        bank.withoutEffect = true;
        RunningSchedule red = theatre.start(Schedule.after(Duration.ZERO, bank));
        theatre.play(red);
        assertThatThrownBy(red::close).isInstanceOf(ScheduleError.class).hasMessageContaining("must take bank down");
    }

    @Nested
    class WhenCombined {

        @Test
        void allRunAtTheSameTimeInOrder() throws InterruptedException {
            Thing bank = new Thing("bank");
            Schedule schedule = Schedule.combine(
                    Schedule.flap(bank)
                            .down(Duration.ofSeconds(1))
                            .up(Duration.ofSeconds(1))
                            .times(2),
                    Schedule.during(Duration.ofSeconds(2), "slow", () -> fault("slow")),
                    Schedule.after(Duration.ofSeconds(2), "full", () -> fault("full")));
            RunningSchedule running = theatre.start(schedule);
            theatre.play(running);
            running.await(Theatre.DEADLINE);
            running.close();

            assertThat(theatre.ledger())
                    .containsExactly(
                            "0.00 flap bank: down 1 of 2",
                            "0.00 slow during 2s: begins",
                            "1.00 flap bank: up 1 of 2",
                            "2.00 full until closed: begins",
                            "2.00 slow during 2s: ends",
                            "2.00 flap bank: down 2 of 2",
                            "3.00 flap bank: up 2 of 2");
            assertThat(events).containsExactly("slow on", "full on", "slow off", "full off");
        }

        @Test
        void closingUndoesAllInReverseOrder() {
            RunningSchedule running = theatre.start(Schedule.combine(
                    Schedule.after(Duration.ZERO, "a", () -> fault("a")),
                    Schedule.after(Duration.ZERO, "b", () -> fault("b")),
                    Schedule.during(Duration.ofHours(1), "c", () -> fault("c"))));
            theatre.isWaiting(running);
            running.close();

            assertThat(events).containsExactly("a on", "b on", "c on", "c off", "b off", "a off");
        }

        @Test
        void errorsOfUndoingAreAggregatedAndNoneIsLeftOut() {
            RunningSchedule running = theatre.start(Schedule.combine(
                    Schedule.after(Duration.ZERO, "a", () -> broken("a")),
                    Schedule.after(Duration.ZERO, "b", () -> fault("b")),
                    Schedule.after(Duration.ZERO, "c", () -> broken("c"))));
            theatre.play(running);

            assertThatThrownBy(running::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Schedule \"a until closed + b until closed + c until closed\" must undo what it "
                            + "did, but ending c failed: java.io.IOException: c is stuck. It may still be there; see the "
                            + "cause.")
                    .satisfies(first -> assertThat(first.getSuppressed())
                            .singleElement()
                            .asString()
                            .contains("ending a failed: java.io.IOException: a is stuck"));
            assertThat(events).containsExactly("b on", "b off");
            assertThatCode(running::close).doesNotThrowAnyException();
        }

        private AutoCloseable broken(String name) {
            return () -> {
                throw new IOException(name + " is stuck");
            };
        }

        @Test
        void errorInOneEndsAll() {
            RunningSchedule running = theatre.start(Schedule.combine(
                    Schedule.after(Duration.ZERO, "a", () -> fault("a")),
                    Schedule.after(Duration.ofSeconds(1), "b", () -> {
                        throw new IOException("b failed");
                    }),
                    Schedule.after(Duration.ofSeconds(2), "c", () -> fault("c"))));
            theatre.play(running);

            assertThatThrownBy(() -> running.await(Theatre.DEADLINE))
                    .isInstanceOf(ChaosException.class)
                    .hasRootCauseMessage("b failed");
            assertThat(events).containsExactly("a on", "a off");
            assertThatCode(running::close).doesNotThrowAnyException();
        }

        @Test
        void nothingToCombineIsRefused() {
            assertThatThrownBy(Schedule::combine)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a combined schedule must have parts, but had none. Hand over at least one schedule.");
        }
    }

    @Nested
    class WhenWaitedFor {

        @Test
        void endlessScheduleIsRefused() {
            RunningSchedule running = theatre.start(Schedule.flap(new Thing("bank")));
            theatre.isWaiting(running);

            assertThatThrownBy(() -> running.await(Theatre.DEADLINE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("schedule \"flap bank\" must end by itself to be waited for, but goes on until it is "
                            + "closed. Give it times(...), or close it.");
            running.close();
        }

        @Test
        void deadlineIsRedAndTheScheduleGoesOn() {
            RunningSchedule running =
                    theatre.start(Schedule.flap(new Thing("bank")).times(1));
            theatre.isWaiting(running);

            assertThatThrownBy(() -> running.await(Duration.ofMillis(20)))
                    .isInstanceOf(ScheduleError.class)
                    .hasMessage(
                            "Schedule \"flap bank\" must be through within 20ms, but its last step was \"flap bank: "
                                    + "down 1 of 1\" at virtual time at PT0S. Wait longer, or move virtual time on.");
            theatre.play(running);
            assertThatCode(() -> running.await(Theatre.DEADLINE)).doesNotThrowAnyException();
            running.close();
        }

        @Test
        void interruptedTestThreadStillUndoes() {
            RunningSchedule running = theatre.start(Schedule.after(Duration.ZERO, "a", () -> fault("a")));
            theatre.play(running);
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> running.await(Theatre.DEADLINE)).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            running.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(events).containsExactly("a on", "a off");
        }
    }

    @Nested
    class WhenItNeverActed {

        @Test
        void closingIsRed() {
            RunningSchedule running = theatre.start(Schedule.combine(
                    Schedule.after(Duration.ofSeconds(5), "a", () -> fault("a")),
                    Schedule.after(Duration.ZERO, "b", () -> fault("b")),
                    Schedule.flap(new Thing("bank")).startingAfter(Duration.ofSeconds(9))));
            theatre.play(running, Duration.ofSeconds(1));

            assertThatThrownBy(running::close)
                    .isInstanceOf(ScheduleError.class)
                    .hasMessage(
                            "Every schedule must act before it is closed, but \"a until closed\", \"flap bank\" did "
                                    + "nothing. Wait for it with await(...), or let it begin earlier.");
            assertThat(events).containsExactly("b on", "b off");
        }

        @Test
        void healingFirstDoesNotHideIt() {
            RunningSchedule running = theatre.start(Schedule.after(Duration.ofSeconds(5), "a", () -> fault("a")));
            running.heal();
            running.heal();

            assertThatThrownBy(running::close).isInstanceOf(ScheduleError.class);
            assertThatCode(running::close).doesNotThrowAnyException();
        }
    }

    @Nested
    class WhenAStepHangs {

        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        private RunningSchedule hanging(boolean listens) throws InterruptedException {
            Schedule schedule = Schedule.combine(
                    Schedule.after(Duration.ZERO, "a", () -> fault("a")), Schedule.after(Duration.ZERO, "b", () -> {
                        inside.countDown();
                        if (listens) {
                            go.await();
                        } else {
                            awaitDeaf();
                        }
                        return fault("b");
                    }));
            RunningSchedule running = RunningSchedule.start(schedule, theatre.round, Duration.ofMillis(50));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            return running;
        }

        private void awaitDeaf() {
            boolean gone = false;
            while (!gone) {
                try {
                    gone = go.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException deaf) {
                    gone = false;
                }
            }
        }

        @Test
        void itIsInterruptedAndAllIsUndone() throws InterruptedException {
            RunningSchedule running = hanging(true);

            assertThatThrownBy(running::close)
                    .isInstanceOf(ScheduleError.class)
                    .hasMessageStartingWith("Schedule \"a until closed + b until closed\" must stop "
                            + "within 50ms, but a step did not return, after \"a until closed: begins\". It was "
                            + "interrupted, and what was there is undone; it was here:\n    at ")
                    .hasMessageContaining("RunningScheduleTest");
            assertThat(events).containsExactly("a on", "a off");
        }

        @Test
        void oneThatIsDeafIsLeftBehindAndWhatItOpensLaterIsClosedAtOnce() throws InterruptedException {
            RunningSchedule running = hanging(false);
            Thread stuck = running.thread();

            assertThatThrownBy(running::close)
                    .isInstanceOf(ScheduleError.class)
                    .hasMessageContaining(
                            "It was interrupted and left behind, and what was there is undone; it was here:");
            assertThat(events).containsExactly("a on", "a off");

            go.countDown();
            stuck.join(30_000);
            assertThat(events).containsExactly("a on", "a off", "b on", "b off");
        }
    }

    @Test
    void stepThatClosesItsOwnScheduleEndsIt() throws InterruptedException {
        AtomicReference<RunningSchedule> own = new AtomicReference<>();
        RunningSchedule running = theatre.start(Schedule.combine(
                Schedule.after(Duration.ofSeconds(1), "a", () -> {
                    own.get().close();
                    return fault("a");
                }),
                Schedule.after(Duration.ofSeconds(1), "b", () -> fault("b"))));
        own.set(running);
        theatre.play(running);
        running.heal();

        assertThat(events).containsExactly("a on", "a off");
    }

    @Test
    void manyStepsAreBounded() {
        RunningSchedule running = theatre.start(Schedule.flap(new Thing("bank"))
                .down(Duration.ofMillis(1))
                .up(Duration.ofMillis(1))
                .times(600));
        theatre.play(running);
        running.close();

        assertThat(running.steps()).hasSize(1_000);
        assertThat(theatre.ledger()).hasSize(1_200);
    }

    @Test
    void dryRunHurtsNobody() throws InterruptedException {
        Round dry = Round.dryRun("dry", Plan.of(new Seed(1)), theatre.time);
        Thing bank = new Thing("bank");
        RunningSchedule running = RunningSchedule.start(Schedule.flap(bank), dry);
        theatre.play(running);
        running.await(Theatre.DEADLINE);
        running.close();

        assertThat(bank.seen).isEmpty();
        assertThat(dry.ledger().entries()).singleElement().asString().contains("would run: flap bank");
    }

    @Test
    void runsOnTheSystemsTimeToo() throws InterruptedException {
        Thing bank = new Thing("bank");
        Round round = new Round("real", Plan.of(new Seed(1)), TimeSource.system());
        try (RunningSchedule running = RunningSchedule.start(
                Schedule.flap(bank)
                        .down(Duration.ofMillis(5))
                        .up(Duration.ofMillis(5))
                        .times(3),
                round)) {
            running.await(Theatre.DEADLINE);
        }
        assertThat(bank.seen).containsExactly("down", "up", "down", "up", "down", "up");
    }

    @Test
    void badSpansAreRefused() {
        assertThatThrownBy(() -> Schedule.during(Duration.ZERO, "a", () -> fault("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a span must be longer than zero and at most a day, but was 0us. Write for example "
                        + "Duration.ofSeconds(5).");
        assertThatThrownBy(() -> Schedule.after(Duration.ofSeconds(-1), "a", () -> fault("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a delay must not be negative and at most a day, but was PT-1S. To begin at once, leave it "
                        + "out.");
        assertThatThrownBy(() -> Schedule.during(Duration.ofSeconds(1), " ", () -> fault("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a fault must have a name, but it was blank. Use for example \"slow bank\".");
    }

    @Test
    void saysWhatItIs() {
        RunningSchedule running = theatre.start(Schedule.after(Duration.ZERO, "a", () -> fault("a")));
        theatre.play(running);

        assertThat(running).hasToString("schedule \"a until closed\", last step: \"a until closed: begins\"");
        running.close();
    }
}
