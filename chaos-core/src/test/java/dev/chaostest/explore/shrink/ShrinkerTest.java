// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShrinkerTest {

    private static final Effort ONCE = new Effort(1_000, Duration.ofMinutes(1), 1, 1);
    private static final Change<Integer> NONE = fault -> List.of();

    private final AtomicLong clock = new AtomicLong();
    private final List<List<Integer>> tried = new ArrayList<>();

    private Shrunk<Integer> shrink(List<Integer> faults, Effort effort, Predicate<List<Integer>> isRed) {
        return shrink(faults, effort, List.of(NONE), isRed);
    }

    private Shrunk<Integer> shrink(
            List<Integer> faults, Effort effort, List<Change<Integer>> changes, Predicate<List<Integer>> isRed) {
        Shrinker<Integer> shrinker = new Shrinker<>(faults, changes, effort, clock::get);
        for (Optional<List<Integer>> next = shrinker.next(); next.isPresent(); next = shrinker.next()) {
            tried.add(next.get());
            shrinker.ran(isRed.test(next.get()));
        }
        return shrinker.result();
    }

    private static List<Integer> faults(int number) {
        return IntStream.rangeClosed(1, number).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 7, 11, 12})
    void oneGuiltyFaultOfTwelveIsFound(int guilty) {
        Shrunk<Integer> shrunk = shrink(faults(12), ONCE, candidate -> candidate.contains(guilty));

        assertThat(shrunk.faults()).containsExactly(guilty);
        assertThat(shrunk.runs()).isLessThanOrEqualTo(9);
        assertThat(shrunk.isCutShort()).isFalse();
    }

    @Test
    void eachPairOfGuiltyFaultsOfTwelveIsFoundWithinTheDefaultEffort() {
        for (int a = 1; a <= 12; a++) {
            for (int b = a + 1; b <= 12; b++) {
                List<Integer> guilty = List.of(a, b);
                Shrunk<Integer> shrunk = shrink(faults(12), Effort.ofDefaults(), each -> each.containsAll(guilty));

                assertThat(shrunk.faults()).isEqualTo(guilty);
                assertThat(shrunk.isCutShort()).isFalse();
            }
        }
    }

    @Test
    void whatIsRedWithoutAnyFaultTakesTwoRuns() {
        Shrunk<Integer> shrunk = shrink(faults(12), Effort.ofDefaults(), candidate -> true);

        assertThat(shrunk).isEqualTo(new Shrunk<>(12, List.of(), 2, false));
        assertThat(shrunk).hasToString("12 faults to none in 2 runs: it is red without any");
    }

    @Test
    void nothingIsLeftOutWhereAllAreNeeded() {
        Shrunk<Integer> shrunk = shrink(faults(5), ONCE, candidate -> candidate.size() == 5);

        assertThat(shrunk.faults()).isEqualTo(faults(5));
        assertThat(tried).doesNotHaveDuplicates().doesNotContain(faults(5));
    }

    @Test
    void theSameIsNotRunTwiceButToConfirmIt() {
        Random random = new Random(77);
        for (int round = 0; round < 200; round++) {
            tried.clear();
            int wanted = random.nextInt(20);
            shrink(faults(20), ONCE, candidate -> candidate.contains(20) && candidate.size() >= wanted);

            assertThat(tried).doesNotHaveDuplicates();
        }
    }

    /** Delta debugging promises that no single fault can be left out, whatever makes it red. */
    @Test
    void noSingleFaultOfTheResultCanBeLeftOut() {
        Random random = new Random(77);
        for (int round = 0; round < 200; round++) {
            List<Integer> guilty =
                    faults(16).stream().filter(each -> random.nextInt(4) == 0).toList();
            List<Integer> alsoGuilty =
                    faults(16).stream().filter(each -> random.nextInt(3) == 0).toList();
            Predicate<List<Integer>> isRed = each -> each.containsAll(guilty) || each.containsAll(alsoGuilty);

            List<Integer> result = shrink(faults(16), ONCE, isRed).faults();

            assertThat(isRed).accepts(result);
            for (Integer each : result) {
                assertThat(isRed)
                        .rejects(result.stream()
                                .filter(other -> !other.equals(each))
                                .toList());
            }
        }
    }

    @Test
    void whatIsGreenOnceIsDroppedAndWhatIsRedIsRunAgain() {
        Shrunk<Integer> shrunk = shrink(faults(2), Effort.ofDefaults(), candidate -> candidate.contains(2));

        assertThat(tried).containsExactly(List.of(), List.of(1), List.of(2), List.of(2));
        assertThat(shrunk).hasToString("2 faults to 1 in 4 runs");
    }

    @Test
    void whatIsRedByChanceOnceIsNotBelieved() {
        List<Boolean> answers = new ArrayList<>(List.of(true, false, true, false, true, false, true, false));

        assertThat(shrink(faults(2), Effort.ofDefaults(), candidate -> answers.remove(0))
                        .faults())
                .isEqualTo(faults(2));
    }

    @Test
    void twoOfThreeBearOneGreenRun() {
        Effort twoOfThree = new Effort(100, Duration.ofMinutes(1), 2, 3);
        List<Boolean> answers = new ArrayList<>(List.of(true, false, true));

        assertThat(shrink(faults(2), twoOfThree, candidate -> answers.remove(0)).faults())
                .as("red, green, red without any fault")
                .isEmpty();
    }

    @Test
    void whatStaysIsChangedTheBoldestFirstAndEachChangeInItsTurn() {
        Change<Integer> shorter = fault -> fault >= 100 ? List.of(fault / 100, fault / 2) : List.of();
        Change<Integer> odd = fault -> fault % 2 == 0 ? List.of(fault - 1) : List.of();

        Shrunk<Integer> shrunk = shrink(
                List.of(7, 800, 9),
                ONCE,
                List.of(shorter, odd),
                candidate -> candidate.stream().anyMatch(fault -> fault >= 99));

        assertThat(shrunk.faults())
                .as("800, 400, 200, 100; then 99, by the second change")
                .containsExactly(99);
        assertThat(tried.subList(tried.indexOf(List.of(8)), tried.size()))
                .containsExactly(
                        List.of(8),
                        List.of(400),
                        List.of(4),
                        List.of(200),
                        List.of(2),
                        List.of(100),
                        List.of(1),
                        List.of(50),
                        List.of(99));
    }

    @Test
    void noFaultIsChangedIntoAnotherOne() {
        Change<Integer> smaller = fault -> List.of(1);

        assertThat(shrink(List.of(1, 2), ONCE, List.of(smaller), candidate -> candidate.size() == 2)
                        .faults())
                .containsExactly(1, 2);
    }

    @Test
    void theRunsAreBounded() {
        Shrunk<Integer> shrunk = shrink(faults(12), ONCE.withMaxRuns(4), candidate -> candidate.contains(5));

        assertThat(shrunk.runs()).isEqualTo(4);
        assertThat(shrunk.faults()).contains(5);
        assertThat(shrunk)
                .hasToString("12 faults to " + shrunk.faults().size() + " in 4 runs, which is all that was allowed");
    }

    @Test
    void theTimeIsBounded() {
        Shrunk<Integer> shrunk = shrink(faults(12), ONCE, candidate -> {
            clock.addAndGet(Duration.ofSeconds(20).toNanos());
            return candidate.contains(5);
        });

        assertThat(shrunk.runs()).isEqualTo(3);
        assertThat(shrunk.isCutShort()).isTrue();
    }

    @Test
    void whatIsThroughIsNotCutShortThoughTheEffortIsSpent() {
        assertThat(shrink(faults(2), Effort.ofDefaults().withMaxRuns(4), candidate -> candidate.contains(2)))
                .isEqualTo(new Shrunk<>(2, List.of(2), 4, false));
    }

    @Test
    void isAskedAndToldInTurn() {
        Shrinker<Integer> shrinker = new Shrinker<>(faults(3), List.of(), ONCE, clock::get);

        assertThatThrownBy(() -> shrinker.ran(true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("what is told must have been asked for. Call next() first.");
        assertThat(shrinker.next()).isPresent();
        assertThatThrownBy(shrinker::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("what ran must be told before the next is asked for. Call ran().");
    }

    @Test
    void anEffortWithoutRoomIsRefused() {
        assertThatThrownBy(() -> Effort.ofDefaults().withMaxRuns(0))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Shrinking must have 1 run or more and some time, but has 0 and 60s. To leave it out, don't "
                                + "shrink.");
        assertThatThrownBy(() -> new Effort(1, Duration.ofSeconds(1), 3, 2))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Shrinking must be told how many runs of how many must be red, but was told 3 of 2. Write for "
                                + "example 2 of 3.");
    }

    /** Twelve payments, each tried until it succeeds, but the seventh once only: red if that fails. */
    private static boolean isSeventhLost(List<Integer> failedHits) {
        int hit = 0;
        for (int payment = 1; payment <= 12; payment++) {
            boolean failed = failedHits.contains(++hit);
            if (failed && payment == 7) {
                return true;
            }
            while (failed) {
                failed = failedHits.contains(++hit);
            }
        }
        return false;
    }

    private static List<List<Integer>> movedUp(List<Integer> before, List<Integer> kept) {
        return List.of(kept.stream()
                .map(hit -> hit
                        - (int) before.stream()
                                .filter(other -> other < hit && !kept.contains(other))
                                .count())
                .toList());
    }

    @Test
    void whatIsTriedAgainIsFoundWhereItComesWithoutTheOthers() {
        List<Integer> red = List.of(2, 3, 5, 6, 9, 10, 13, 15, 16, 18, 19, 21);
        assertThat(isSeventhLost(red)).as("hit 13 is the seventh payment").isTrue();
        assertThat(isSeventhLost(List.of(13)))
                .as("without the others it is the last")
                .isFalse();

        assertThat(shrink(red, ONCE, ShrinkerTest::isSeventhLost).faults().size())
                .as("without moving, the others must stay")
                .isGreaterThan(2);

        Shrinker<Integer> shrinker =
                new Shrinker<>(red, ShrinkerTest::movedUp, List.of(), Effort.ofDefaults(), clock::get);
        for (Optional<List<Integer>> next = shrinker.next(); next.isPresent(); next = shrinker.next()) {
            shrinker.ran(isSeventhLost(next.get()));
        }
        assertThat(shrinker.result().faults()).containsExactly(7);
        assertThat(shrinker.result().isCutShort()).isFalse();
    }
}
