// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.explore.Outcome.Result;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SweepingTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> names = new ArrayList<>();

    private Sweeping sweeping(Budget budget, Choice choice) {
        Sweeping sweeping = new Sweeping("WriterTest.writes", budget, choice, time);
        sweeping.consult(new Letters());
        return sweeping;
    }

    private Sweeping sweeping() {
        return sweeping(Budget.ofDefaults(), Choice.all());
    }

    /** Runs all of it over a test that writes these letters; the function says what comes of a variant. */
    private Verdict run(Sweeping sweeping, Recorded clean, Function<Turn.Try, Outcome> test) {
        for (Optional<Turn> turn = sweeping.next(); turn.isPresent(); turn = sweeping.next()) {
            names.add(sweeping.begin().name());
            if (turn.get() instanceof Turn.Try tried) {
                sweeping.ended(test.apply(tried));
            } else if (turn.get() instanceof Turn.Clean) {
                sweeping.recorded(clean);
                sweeping.ended(outcome(Result.GREEN, Map.of()));
            }
        }
        return sweeping.verdict();
    }

    private static Outcome outcome(Result result, Map<Site, Long> seen) {
        boolean recurs = seen.values().stream().anyMatch(times -> times > 1);
        return new Outcome(result, result == Result.GREEN ? "" : "because", seen, List.of(), recurs, List.of());
    }

    private static Outcome green(Turn.Try tried) {
        return outcome(Result.GREEN, Map.of(Letters.site("a"), 2L, Letters.site("b"), 2L));
    }

    private static boolean is(Turn.Try tried, String start) {
        return tried.of().name().startsWith(start);
    }

    @Test
    void eachFaultStrikesOnceAtEachPointAndThenFromThereOn() {
        Verdict verdict = run(sweeping(), Letters.round("a", "b"), SweepingTest::green);

        assertThat(names)
                .containsExactly(
                        "clean round",
                        "clean round, again",
                        "#1 lost before A at Writer.write:1",
                        "#2 lost after A at Writer.write:1",
                        "#3 lost before B at Writer.write:2",
                        "#4 lost after B at Writer.write:2",
                        "#5 lost before A at Writer.write:1, and from then on",
                        "#6 lost before B at Writer.write:2, and from then on",
                        "verdict: 2 points, 6 rounds, 0 red");
        assertThat(verdict.green()).isEqualTo(6);
        assertThat(verdict.whyVoid()).isEmpty();
    }

    @Test
    void aFaultDoesNotLastWhereTheSiteIsNotReachedAgain() {
        Verdict verdict =
                run(sweeping(), Letters.round("a"), tried -> outcome(Result.GREEN, Map.of(Letters.site("a"), 1L)));

        assertThat(verdict.rounds()).isEqualTo(2);
        assertThat(verdict.pruned())
                .extracting(Object::toString)
                .containsExactly("1 x fault that would last, where the site was not reached again behind the fault");
    }

    @Test
    void theSecondArrivalIsAPointOfItsOwn() {
        run(sweeping(), Letters.round("a", "a"), SweepingTest::green);

        assertThat(names).contains("#3 lost before A at Writer.write:2, arrival 2");
    }

    @Test
    void aLongSweepTellsHowFarItIsEveryTenSeconds() {
        List<String> told = new ArrayList<>();
        Sweeping sweeping = sweeping();
        sweeping.onProgress(told::add);

        run(sweeping, Letters.round("a", "b"), tried -> {
            time.advance(Duration.ofSeconds(4));
            return is(tried, "lost after A") ? outcome(Result.RED, Map.of()) : green(tried);
        });

        assertThat(told)
                .as("seven rounds of four seconds each")
                .containsExactly(
                        "WriterTest.writes: 2 of at most 6 rounds, 1 red",
                        "WriterTest.writes: 5 of at most 6 rounds, 1 red")
                .noneMatch(line -> line.contains("\r"));
    }

    @Test
    void aShortSweepTellsNothing() {
        List<String> told = new ArrayList<>();
        Sweeping sweeping = sweeping();
        sweeping.onProgress(told::add);

        run(sweeping, Letters.round("a", "b"), tried -> {
            time.advance(Duration.ofMillis(1_600));
            return green(tried);
        });

        assertThat(told).as("six rounds of 1.6 s each").isEmpty();
    }

    @Nested
    class WhenARoundIsRed {

        @Test
        void itIsRunOnceMoreBeforeAnythingElse() {
            Verdict verdict = run(sweeping(), Letters.round("a"), tried -> {
                tried.first().ifPresent(first -> assertThat(first.text()).isEqualTo("because"));
                return is(tried, "lost after A") ? outcome(Result.RED, Map.of()) : green(tried);
            });

            assertThat(names)
                    .containsSubsequence(
                            "#2 lost after A at Writer.write:1",
                            "#2 lost after A at Writer.write:1, again",
                            "#3 lost before A at Writer.write:1, and from then on");
            assertThat(verdict.line()).isEqualTo("1 of 1 point broke it, 3 rounds, 1 red");
            assertThat(verdict.red()).containsExactly("#2 lost after A at Writer.write:1");
        }

        @Test
        void theSameFaultIsNotTriedAsOneThatLasts() {
            Verdict verdict = run(
                    sweeping(),
                    Letters.round("a"),
                    tried -> is(tried, "lost before A")
                            ? outcome(Result.RED, Map.of(Letters.site("a"), 2L))
                            : green(tried));

            assertThat(verdict.pruned())
                    .extracting(Object::toString)
                    .containsExactly("1 x fault that would last, where it is red already when it strikes once");
        }

        @Test
        void itCountsThoughItIsGreenTheSecondTime() {
            Verdict verdict = run(
                    sweeping(),
                    Letters.round("a"),
                    tried -> is(tried, "lost after A") && tried.first().isEmpty()
                            ? outcome(Result.RED, Map.of())
                            : green(tried));

            assertThat(verdict.red()).hasSize(1);
        }

        @Test
        void aRoundThatIsNotRunToItsEndIsRed() {
            Sweeping sweeping = sweeping();

            sweeping.next();
            sweeping.begin();

            assertThat(sweeping.next()).isEmpty();
        }

        @Test
        void aRoundThatIsLeftOutIsRefused() {
            Sweeping sweeping = sweeping();

            sweeping.next();

            assertThatThrownBy(sweeping::next)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The rounds of a sweep must all be run, since each depends on those before, but \"clean"
                            + " round\" was left out. Run the whole test; to run one round of it, replay its"
                            + " token.");
        }

        @Test
        void nothingFollowsACleanRoundThatIsRed() {
            Sweeping sweeping = sweeping();
            sweeping.next();
            sweeping.begin();
            sweeping.recorded(Letters.round("a"));
            sweeping.ended(outcome(Result.RED, Map.of()));

            assertThat(sweeping.next()).isEmpty();
        }
    }

    @Nested
    class WhenSomethingIsLeftOut {

        @Test
        void whatIsBeyondTheRoundsIsCounted() {
            Sweeping sweeping = sweeping(new Budget(3, Duration.ofMinutes(1)), Choice.all());

            Verdict verdict = run(sweeping, Letters.round("a", "b"), SweepingTest::green);

            assertThat(verdict.line()).isEqualTo("2 points, 3 rounds, 0 red; 3 left out");
            assertThat(verdict.leftOut())
                    .extracting(Object::toString)
                    .containsExactly("3 x round beyond maxRounds = 3");
        }

        @Test
        void whatIsBeyondTheTimeIsCounted() {
            Sweeping sweeping = sweeping(new Budget(1_000, Duration.ofMinutes(1)), Choice.all());

            Verdict verdict = run(sweeping, Letters.round("a", "b"), tried -> {
                time.advance(Duration.ofSeconds(30));
                return green(tried);
            });

            assertThat(verdict.leftOut())
                    .extracting(Object::toString)
                    .containsExactly("4 x round beyond maxTime = 60s");
        }

        @Test
        void faultsThatWereNotChosenAreCounted() {
            Sweeping sweeping = sweeping(Budget.ofDefaults(), new Choice(Set.of("unheard"), Set.of(), Set.of()));

            Verdict verdict = run(sweeping, Letters.round("a", "b"), SweepingTest::green);

            assertThat(verdict.rounds()).isEqualTo(2);
            assertThat(verdict.pruned()).extracting(Object::toString).containsExactly("2 x fault that was not chosen");
        }

        @Test
        void whatACatalogueHasPrunedIsCountedByItsReason() {
            Sweeping sweeping = new Sweeping("WriterTest.writes", Budget.ofDefaults(), Choice.all(), time);
            sweeping.consult(new Letters(List.of("blots, which can't happen", "blots, which can't happen", "fires")));

            Verdict verdict = run(sweeping, Letters.round("a", "b"), SweepingTest::green);

            assertThat(verdict.lines())
                    .containsExactly(
                            "verdict    : 2 points, 6 rounds, 0 red; 6 pruned",
                            "pruned     : 4 x blots, which can't happen",
                            "pruned     : 2 x fires");
        }

        @Test
        void aPointThatIsNotReachedAgainIsTold() {
            Verdict verdict = run(
                    sweeping(),
                    Letters.round("a", "b"),
                    tried -> is(tried, "lost before B") ? outcome(Result.NOT_REACHED, Map.of()) : green(tried));

            assertThat(verdict.line()).isEqualTo("2 points, 5 rounds, 0 red; 1 pruned, 1 not reached");
            assertThat(verdict.notReached()).containsExactly("#3 lost before B at Writer.write:2");
            assertThat(verdict.pruned())
                    .extracting(Object::toString)
                    .containsExactly("1 x fault that would last, where it could not be had once");
        }

        @Test
        void whatIsImpossibleIsToldWithWhatCameInstead() {
            Verdict verdict = run(
                    sweeping(),
                    Letters.round("a"),
                    tried -> is(tried, "lost before A") ? outcome(Result.IMPOSSIBLE, Map.of()) : green(tried));

            assertThat(verdict.impossible()).extracting(Object::toString).containsExactly("1 x lost before A: because");
        }

        @Test
        void sitesThatWereOnlySeenUnderAFaultAreTold() {
            Verdict verdict = run(
                    sweeping(),
                    Letters.round("a"),
                    tried -> outcome(
                            Result.GREEN,
                            Map.of(Letters.site("a"), 2L, Letters.site("z"), 1L, new Site("digit", "1"), 1L)));

            assertThat(verdict.remarks())
                    .containsExactly("1 site was only seen under a fault, and not swept: letter:z");
        }

        @Test
        void aTestThatDoesNotTheSameTwiceIsTold() {
            Sweeping sweeping = sweeping();
            sweeping.next();
            sweeping.begin();
            sweeping.recorded(Letters.round("a", "b"));
            sweeping.ended(outcome(Result.GREEN, Map.of()));
            sweeping.next();
            sweeping.begin();
            sweeping.recorded(Letters.round("a", "c"));
            sweeping.ended(outcome(Result.GREEN, Map.of()));
            sweeping.next();

            assertThat(sweeping.verdict().remarks())
                    .containsExactly(
                            "2 arrivals were in one of the two clean rounds only: what the test does differs from "
                                    + "run to run");
        }

        @Test
        void nothingIsTriedInADryRun() {
            Sweeping sweeping = sweeping();
            sweeping.onlyCount();

            Verdict verdict = run(sweeping, Letters.round("a"), SweepingTest::green);

            assertThat(verdict.line()).isEqualTo("1 point, 0 rounds, 0 red; 3 left out");
            assertThat(verdict.whyVoid()).isEmpty();
        }
    }

    @Nested
    class WhenSomeAreChosen {

        @Test
        void thoseThatWereRedBeforeComeFirst() {
            int id = idOf("lost after B");

            run(
                    sweeping(Budget.ofDefaults(), new Choice(Set.of(), Set.of(), Set.of(id))),
                    Letters.round("a", "b"),
                    SweepingTest::green);

            assertThat(names.get(2)).isEqualTo("#4 lost after B at Writer.write:2");
            assertThat(names).hasSize(9);
        }

        @Test
        void onlyOneIsTriedWhereItIsReplayed() {
            int id = idOf("lost after B");

            run(
                    sweeping(Budget.ofDefaults(), new Choice(Set.of(), Set.of(id), Set.of())),
                    Letters.round("a", "b"),
                    SweepingTest::green);

            assertThat(names)
                    .containsExactly(
                            "clean round",
                            "clean round, again",
                            "#4 lost after B at Writer.write:2",
                            "verdict: 2 points, 1 round, 0 red");
        }

        @Test
        void aVariantThatIsThereNoMoreIsTold() {
            Verdict verdict = run(
                    sweeping(Budget.ofDefaults(), new Choice(Set.of(), Set.of(4711), Set.of())),
                    Letters.round("a"),
                    SweepingTest::green);

            assertThat(verdict.whyVoid())
                    .hasValue("A replayed sweep must have the variant of its token, but there is none of that id any"
                            + " more: what the test does has changed. Run the whole sweep.");
        }

        private int idOf(String start) {
            List<Integer> ids = new ArrayList<>();
            run(sweeping(), Letters.round("a", "b"), tried -> {
                if (is(tried, start)) {
                    ids.add(tried.of().id());
                }
                return green(tried);
            });
            names.clear();
            return ids.get(0);
        }
    }

    @Nested
    class WhenNothingCanBeShown {

        @Test
        void aTestThatArrivesNowhereIsTold() {
            Verdict verdict = run(sweeping(), Letters.round(), SweepingTest::green);

            assertThat(verdict.whyVoid())
                    .hasValue(
                            "A sweep must see the test arrive somewhere, but nothing arrived. Have the code under test"
                                    + " use the DataSource that is handed to the test method, or an object that is wrapped"
                                    + " with @ChaosWrap.");
        }

        @Test
        void pointsThatNoChosenFaultCanMeetAreTold() {
            Sweeping sweeping = new Sweeping("WriterTest.writes", Budget.ofDefaults(), of("call fails"), time);
            sweeping.consult(new CallCatalogue());
            sweeping.consult(new Letters());

            Verdict verdict = run(sweeping, Letters.round("a"), SweepingTest::green);

            assertThat(verdict.whyVoid())
                    .hasValue("A sweep must have something to try, but of 1 points none can meet a fault that was"
                            + " chosen. Choose other faults, or leave them out for all.");
        }

        @Test
        void anUnknownFaultIsRefusedWithTheNearest() {
            assertThatThrownBy(() ->
                            run(sweeping(Budget.ofDefaults(), of("lots")), Letters.round("a"), SweepingTest::green))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("faults of a sweep must be some of [lost, unheard], but \"lots\" is none. Did you mean "
                            + "\"lost\"?");
        }

        private Choice of(String fault) {
            return new Choice(Set.of(fault), Set.of(), Set.of());
        }
    }

    @Nested
    class WhenTheBudgetIsRead {

        @Test
        void noRoundsAreRefused() {
            assertThatThrownBy(() -> new Budget(0, Duration.ofMinutes(1)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("maxRounds must be 1 or more, but was 0. To leave the sweep out, use @Disabled.");
        }

        @Test
        void noTimeIsRefused() {
            assertThatThrownBy(() -> new Budget(1, Duration.ZERO))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("maxTime must be positive, but was 0us. To leave the sweep out, use @Disabled.");
        }
    }
}
