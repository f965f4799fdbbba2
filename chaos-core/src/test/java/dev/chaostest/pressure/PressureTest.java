// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every kind of pressure promises. */
@ResourceLock("threads of pressure") // they are looked for by name
class PressureTest {

    private static final Plan NO_RULES = Plan.of(new Seed(77));
    private static final long MB = 1 << 20;

    @TempDir
    Path directory;

    private final VirtualTime time = new VirtualTime();

    enum Kind {
        HEAP("32 MB of heap", 32 * MB) {
            @Override
            Pressure put(Round round, Path directory) {
                return Pressure.heap(round, 32 * MB);
            }
        },
        CPU("1 busy thread at 10%", 0) {
            @Override
            Pressure put(Round round, Path directory) {
                return Pressure.cpu(round, 1, 0.1);
            }
        },
        THREADS("2 threads that do nothing", 2) {
            @Override
            Pressure put(Round round, Path directory) {
                return Pressure.threads(round, 2);
            }
        },
        DISK("1 MB of disk in ", MB) {
            @Override
            Pressure put(Round round, Path directory) {
                return Pressure.disk(round, directory, MB);
            }
        };

        private final String what;
        private final long reached;

        Kind(String what, long reached) {
            this.what = what;
            this.reached = reached;
        }

        abstract Pressure put(Round round, Path directory);
    }

    /** The threads and files that are there because of pressure. */
    private List<String> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return Stream.concat(
                            files.map(Path::toString),
                            Thread.getAllStackTraces().keySet().stream()
                                    .filter(Thread::isAlive)
                                    .map(Thread::getName)
                                    .filter(name -> name.startsWith("chaos-busy-") || name.startsWith("chaos-parked-")))
                    .toList();
        }
    }

    private static List<String> notes(Round round) {
        return round.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        Thread.interrupted();
        assertThat(leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void takesWhatWasAskedForAndGivesItBackWhenItIsClosed(Kind kind) throws IOException {
        Round round = new Round("report", NO_RULES, time);

        Pressure pressure = kind.put(round, directory);
        assertThat(pressure.reached()).isGreaterThanOrEqualTo(kind.reached);
        assertThat(pressure.isReleased()).isFalse();
        assertThat(pressure).asString().startsWith("pressure of " + kind.what).contains(", reached ");
        pressure.close();

        assertThat(pressure.reached()).isZero();
        assertThat(pressure.isReleased()).isTrue();
        assertThat(leftovers()).isEmpty();
        assertThat(pressure).asString().endsWith(", given back");
        assertThat(notes(round)).hasSize(2);
        assertThat(notes(round).get(0)).startsWith("took " + kind.what).contains(": reached ");
        assertThat(notes(round).get(1)).startsWith("gave back " + kind.what).endsWith(" when it was closed");
    }

    @ParameterizedTest
    @EnumSource
    void secondCloseDoesNothing(Kind kind) {
        Round round = new Round("report", NO_RULES, time);
        Pressure pressure = kind.put(round, directory);
        pressure.close();

        pressure.close();

        assertThat(notes(round)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void isHeldUntilTheScopeHeals(Kind kind) throws IOException {
        try (ChaosScope scope = ChaosScope.open("report", NO_RULES, time)) {
            Pressure pressure = kind.put(scope.round(), directory);
            time.advance(Duration.ofDays(1));
            assertThat(pressure.isReleased()).isFalse();

            scope.heal();

            assertThat(pressure.isReleased()).isTrue();
            assertThat(leftovers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isGivenBackAfterAWhile(Kind kind) {
        Round round = new Round("report", NO_RULES, time);
        try (Pressure pressure = kind.put(round, directory).holdFor(Duration.ofSeconds(1))) {
            time.advance(Duration.ofMillis(999));
            assertThat(pressure.isReleased()).isFalse();

            time.advance(Duration.ofMillis(1));

            assertThat(pressure.isReleased()).isTrue();
            assertThat(pressure.reached()).isZero();
            assertThat(notes(round).get(1)).endsWith(" after 1s");
        }
        assertThat(notes(round)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void closingTouchesNoOther(Kind kind) {
        Round round = new Round("report", NO_RULES, time);
        try (Pressure other = kind.put(round, directory)) {
            Pressure pressure = kind.put(round, directory);

            pressure.close();

            assertThat(other.isReleased()).isFalse();
            assertThat(other.reached()).isGreaterThanOrEqualTo(kind.reached);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotPutOnOnceTheRoundIsOver(Kind kind) {
        Round round = new Round("report", NO_RULES, time);
        round.end();

        assertThatThrownBy(() -> kind.put(round, directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Pressure must be put on while round \"report\" is open, but it is over. Do it earlier, or open a "
                                + "new scope.");
    }

    @ParameterizedTest
    @EnumSource
    void takesNothingInADryRun(Kind kind) throws IOException {
        Round round = Round.dryRun("report", NO_RULES, time);

        try (Pressure pressure = kind.put(round, directory)) {
            assertThat(pressure.reached()).isZero();
            assertThat(leftovers()).isEmpty();
        }

        assertThat(notes(round)).hasSize(1).first().asString().startsWith("dry run: would take " + kind.what);
    }

    @ParameterizedTest
    @EnumSource
    void isGivenBackUnderAnInterruptWhichIsKept(Kind kind) throws IOException {
        Pressure pressure = kind.put(new Round("report", NO_RULES, time), directory);
        Thread.currentThread().interrupt();

        pressure.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CPU", "THREADS"})
    void anInterruptWhileItIsPutOnLeavesNothing(Kind kind) throws IOException {
        Round round = new Round("report", NO_RULES, time);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> kind.put(round, directory))
                .hasMessageMatching(
                        "Starting . (busy|parked) threads? must not be interrupted, but was. Put the pressure on "
                                + "before the test's time runs out.");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void closingTakesTheTimerBack() {
        Pressure pressure =
                Pressure.threads(new Round("report", NO_RULES, time), 1).holdFor(Duration.ofSeconds(1));
        pressure.holdFor(Duration.ofSeconds(2));
        assertThat(time.timers()).containsExactly(Duration.ofSeconds(2));

        pressure.close();

        assertThat(time.timers()).isEmpty();
        assertThat(pressure.holdFor(Duration.ofSeconds(1))).isSameAs(pressure);
        assertThat(time.timers()).isEmpty();
    }

    @Test
    void aTimeToHoldThatIsNoneIsRefused() {
        try (Pressure pressure = Pressure.threads(new Round("report", NO_RULES, time), 1)) {
            assertThatThrownBy(() -> pressure.holdFor(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the time to hold pressure must be longer than zero, but was PT0S. Write for example "
                            + "Duration.ofSeconds(1).");
        }
    }
}
