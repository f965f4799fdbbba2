// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RoundTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Lane LANE = new Lane("connection-1");
    private static final Rule CUT = Rule.of(Target.of(COMMIT), Trigger.always(), new Cut(When.AFTER));
    private static final Rule SLOW = Rule.of(Target.of(COMMIT), Trigger.always(), Delay.of(Duration.ofMillis(1)));

    private static Round round(Rule... rules) {
        return new Round("payment", Plan.of(new Seed(77), rules), new VirtualTime());
    }

    private static @Nullable Strike commit(Round round) {
        return round.at(COMMIT, LANE, () -> "COMMIT", Set.of());
    }

    private static List<String> lines(Round round) {
        return round.ledger().entries().stream().map(LedgerEntry::toString).toList();
    }

    @Nested
    class WhenAsked {

        @Test
        void planIsWrittenDownFirst() {
            assertThat(lines(round(SLOW, CUT))).containsExactly("#1 +0us planned: " + SLOW, "#2 +0us planned: " + CUT);
        }

        @Test
        void nothingStrikesAndNothingIsWrittenWithoutADueRule() {
            Round round = round();

            assertThat(commit(round)).isNull();
            assertThat(lines(round)).isEmpty();
            assertThat(round.decisions().seen()).containsEntry(COMMIT, 1L);
        }

        @Test
        void textIsNotMadeUnlessSomethingStrikes() {
            AtomicInteger made = new AtomicInteger();
            round().at(COMMIT, LANE, () -> "COMMIT" + made.incrementAndGet(), Set.of());

            assertThat(made).hasValue(0);
        }

        @Test
        void whatStrikesIsInTheLedgerBeforeItIsCarriedOut() {
            Round round = round(SLOW, CUT, CUT.perLane());
            Strike strike = requireNonNull(commit(round));

            assertThat(strike.blows()).extracting(Strike.Blow::fault).containsExactly(SLOW.fault(), CUT.fault());
            assertThat(round.ledger().entries(LedgerEntry.Fired.class))
                    .containsExactlyElementsOf(
                            strike.blows().stream().map(Strike.Blow::fired).toList());
            assertThat(round.ledger().entries(LedgerEntry.Fired.class))
                    .extracting(LedgerEntry.Fired::text)
                    .containsOnly("COMMIT");
            assertThat(round.ledger().entries(LedgerEntry.Overshadowed.class)).hasSize(1);
        }

        @Test
        void strikeIsPickedByKind() {
            Strike strike = requireNonNull(commit(round(SLOW, SLOW.perLane(), CUT)));

            assertThat(strike.all(Delay.class)).hasSize(2);
            assertThat(strike.first(Cut.class).orElseThrow().fault()).isEqualTo(CUT.fault());
            assertThat(requireNonNull(commit(round(SLOW))).first(Cut.class)).isEmpty();
        }

        @Test
        void ruleCanBeAddedAndTakenOut() {
            Round round = round();
            Runnable remove = round.add(CUT);

            assertThat(commit(round)).isNotNull();
            remove.run();
            assertThat(commit(round)).isNull();
            assertThat(lines(round)).startsWith("#1 +0us planned: " + CUT);
        }
    }

    @Nested
    class WhenAnswered {

        @Test
        void plannedAnswerIsNoMismatch() {
            Round round = round(CUT);
            requireNonNull(commit(round)).blows().get(0).answered("connection lost");

            assertThat(round.mismatches()).isEmpty();
            assertThat(lines(round)).endsWith("#3 +0us came back: connection lost for #2");
        }

        @Test
        void otherAnswerIsAMismatch() {
            Round round = round(CUT);
            requireNonNull(commit(round)).blows().get(0).answered("40001");

            assertThat(round.mismatches())
                    .containsExactly(
                            "planned was connection lost after the effect (the reply was cut) at sql:COMMIT, 1st on "
                                    + "lane connection-1, but 40001 came back");
        }

        @Test
        void mismatchesAreBounded() {
            Round round = round(CUT);
            IntStream.range(0, 150)
                    .forEach(n -> requireNonNull(commit(round)).blows().get(0).answered("40001"));

            assertThat(round.mismatches()).hasSize(100);
        }
    }

    @Nested
    class WhenItEnds {

        private final List<String> freed = new ArrayList<>();

        @Test
        void nothingStrikesAnyMore() {
            Round round = round(CUT);
            round.end();
            round.end();

            assertThat(commit(round)).isNull();
        }

        @Test
        void whatIsParkedGoesOnOnce() {
            Round round = round();
            round.whenOver(() -> freed.add("one"));
            round.whenOver(() -> freed.add("two"));
            assertThat(freed).isEmpty();

            round.end();
            round.end();
            assertThat(freed).containsExactly("one", "two");
        }

        @Test
        void whatIsParkedLaterGoesOnAtOnce() {
            Round round = round();
            round.end();
            Runnable unregister = round.whenOver(() -> freed.add("late"));
            assertThat(freed).containsExactly("late");

            unregister.run();
            round.end();
            assertThat(freed).containsExactly("late");
        }

        @Test
        void whatHasGoneOnByItselfIsLeftAlone() {
            Round round = round();
            round.whenOver(() -> freed.add("one")).run();
            round.end();

            assertThat(freed).isEmpty();
        }

        @Test
        void ruleThatIsTakenOutFreesWhatItHasParkedAndNothingElse() {
            Round round = round(SLOW);
            Runnable takeOut = round.add(CUT);
            Strike strike = requireNonNull(commit(round));
            for (Strike.Blow blow : strike.blows()) {
                blow.park(() -> freed.add(blow.fault().toString()));
            }
            takeOut.run();
            assertThat(freed).containsExactly(CUT.fault().toString());

            round.end();
            assertThat(freed)
                    .containsExactly(CUT.fault().toString(), SLOW.fault().toString());
        }

        @Test
        void faultWhoseRuleWasTakenOutBeforeItsTurnDoesNotPark() {
            Round round = round();
            Runnable takeOut = round.add(CUT);
            Strike.Blow blow = requireNonNull(commit(round)).blows().get(0);
            takeOut.run();
            blow.park(() -> freed.add("late"));
            assertThat(freed).containsExactly("late");

            round.add(CUT);
            requireNonNull(commit(round)).blows().get(0).park(() -> freed.add("again"));
            assertThat(freed).containsExactly("late");
        }

        @Test
        void equalRulesAreTakenOutOneByOne() {
            Round round = round();
            Runnable first = round.add(SLOW);
            round.add(SLOW);
            List<Strike.Blow> blows = requireNonNull(commit(round)).blows();
            assertThat(blows).hasSize(2);
            blows.get(0).park(() -> freed.add("the first one's"));
            blows.get(1).park(() -> freed.add("the second one's"));
            first.run();
            assertThat(freed).containsExactly("the first one's");

            requireNonNull(commit(round)).blows().get(0).park(() -> freed.add("parked later"));
            assertThat(freed).as("a rule that is still in force").containsExactly("the first one's");
        }

        @Test
        void oneThatCanNotBeFreedDoesNotKeepTheOthersParked() {
            Round round = round();
            round.whenOver(() -> fail("first"));
            round.whenOver(() -> freed.add("one"));
            round.whenOver(() -> fail("second"));
            round.whenOver(() -> freed.add("two"));

            assertThatThrownBy(round::end)
                    .hasMessage("first")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("second"));
            assertThat(freed).containsExactly("one", "two");
            round.end();
        }

        private void fail(String message) {
            throw new IllegalStateException(message);
        }
    }

    @Nested
    class WhenNamingLanes {

        @Test
        void eachKindIsNumberedByItself() {
            Round round = round();

            assertThat(List.of(
                            round.newLane("connection"),
                            round.newLane("connection"),
                            round.newLane("link"),
                            round.newLane("connection")))
                    .extracting(Lane::name)
                    .containsExactly("connection-1", "connection-2", "link-1", "connection-3");
        }

        @Test
        void eachRoundBeginsAnew() {
            round().newLane("connection");

            assertThat(round().newLane("connection")).isEqualTo(new Lane("connection-1"));
        }

        @Test
        void givenLaneIsUsedOnAThreadThatIsNone() {
            Round round = round(CUT);

            assertThat(requireNonNull(commit(round))
                            .blows()
                            .get(0)
                            .fired()
                            .hit()
                            .lane())
                    .isEqualTo(LANE);
        }
    }
}
