// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.mount.Strike;
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
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VerifyTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Site UPDATE = new Site("sql", "UPDATE t");
    private static final Lane A = new Lane("a");
    private static final String HEAD =
            "Every planned fault must strike, and come back as planned, but one did not. Correct its "
                    + "target (the sites that were seen are below), lower its count, or allow it to miss.";
    private static final String CUT = "connection lost before the effect (nothing was sent) at sql:COMMIT, ";

    private @Nullable ChaosScope opened;

    private ChaosScope scope(Rule... rules) {
        ChaosScope scope = ChaosScope.open("payment", Plan.of(new Seed(77), rules), new VirtualTime());
        opened = scope;
        return scope;
    }

    @AfterEach
    void closeScope() {
        if (opened != null) {
            opened.close();
        }
    }

    private static Rule cut(Trigger trigger) {
        return Rule.of(Target.of(COMMIT), trigger, new Cut(When.BEFORE));
    }

    private static @Nullable Strike strike(ChaosScope scope, Site site, Lane lane) {
        return scope.round().at(site, lane, site::name, Set.of());
    }

    /** A hit at which everything comes back as planned. */
    private static void hit(ChaosScope scope, Site site, Lane lane) {
        Strike strike = strike(scope, site, lane);
        if (strike != null) {
            strike.blows().forEach(blow -> blow.fault().mustComeBack().ifPresent(blow::answered));
        }
    }

    private static void hit(ChaosScope scope, Site site) {
        hit(scope, site, A);
    }

    @Nested
    class WhenEverythingStruck {

        @Test
        void emptyPlanIsFulfilled() {
            assertThatCode(scope()::verify).doesNotThrowAnyException();
        }

        @Test
        void ruleThatStruckAsOftenAsItSaysIsFulfilled() {
            ChaosScope scope = scope(cut(Trigger.first(2)));
            hit(scope, COMMIT);
            hit(scope, COMMIT);

            scope.verify();
            assertThat(scope.unfulfilled()).isEmpty();
        }

        @Test
        void verifyingTwiceSaysTheSame() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));

            assertThatThrownBy(scope::verify).isInstanceOf(UnfulfilledPlanError.class);
            hit(scope, COMMIT);
            scope.verify();
            scope.verify();
        }

        @Test
        void answerAsPlannedIsFulfilled() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));
            requireNonNull(strike(scope, COMMIT, A)).blows().get(0).answered("connection lost");

            scope.verify();
        }
    }

    @Nested
    class WhenExempt {

        @Test
        void optionalRuleMayMiss() {
            ChaosScope scope = scope(cut(Trigger.nth(9)).mayMiss());
            hit(scope, COMMIT);

            scope.verify();
        }

        @Test
        void probabilityZeroCanNotStrike() {
            scope(cut(Trigger.probability(0))).verify();
        }

        @Test
        void probabilityMustBeReachedOnly() {
            ChaosScope scope = scope(cut(Trigger.probability(1e-12)));
            hit(scope, COMMIT);

            scope.verify();
        }
    }

    @Nested
    class WhenMissed {

        @Test
        void nothingArrivedAnywhere() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));

            assertThatThrownBy(scope::verify)
                    .isInstanceOf(UnfulfilledPlanError.class)
                    .hasMessage(HEAD + "\n  missed : planned was " + CUT + "hit 1, but nothing arrived there"
                            + "\n  seen   : nothing; does the code under test use what was handed to the test?");
        }

        @Test
        void nothingArrivedThereButElsewhere() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));
            hit(scope, UPDATE);
            hit(scope, UPDATE, new Lane("b"));
            hit(scope, new Site("sql", "ROLLBACK"));

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD + "\n  missed : planned was " + CUT + "hit 1, but nothing arrived there"
                            + "\n  seen   : sql:ROLLBACK (1 hit)\n  seen   : sql:UPDATE t (2 hits)");
        }

        @Test
        void ruleStruckOnceOfTwice() {
            ChaosScope scope = scope(cut(Trigger.first(2)));
            hit(scope, COMMIT);

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD + "\n  missed : planned was " + CUT
                            + "the first 2 hits, but it struck 1 of 2 times in 1 hit\n  seen   : sql:COMMIT (1 hit)");
        }

        @Test
        void ruleStruckNeverInSeveralHits() {
            ChaosScope scope = scope(cut(Trigger.from(4)));
            IntStream.range(0, 3).forEach(n -> hit(scope, COMMIT));

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD + "\n  missed : planned was " + CUT
                            + "hit 4 and all later ones, but it struck 0 of 1 time in 3 hits\n  seen   : sql:COMMIT (3 "
                            + "hits)");
        }

        @Test
        void ruleOnEachLaneNamesTheLanes() {
            ChaosScope scope = scope(cut(Trigger.first(2)).perLane());
            hit(scope, COMMIT, A);
            hit(scope, COMMIT, A);
            hit(scope, COMMIT, new Lane("c"));
            hit(scope, COMMIT, new Lane("b"));

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD + "\n  missed : planned was " + CUT
                            + "the first 2 hits on each lane, but it struck fewer than 2 times on 2 of the lanes that "
                            + "arrived: b, c\n  seen   : sql:COMMIT (4 hits)");
        }

        @Test
        void ofManyLanesTheFirstAreNamed() {
            ChaosScope scope = scope(cut(Trigger.nth(2)).perLane());
            IntStream.rangeClosed(10, 21).forEach(n -> hit(scope, COMMIT, new Lane("l" + n)));

            assertThat(scope.unfulfilled())
                    .containsExactly(
                            "planned was " + CUT + "hit 2 on each lane, but it struck fewer than 1 time on 12 of the "
                                    + "lanes that arrived: l10, l11, l12, l13, l14, l15, l16, l17, l18, l19 ...");
        }

        @Test
        void ruleLostItsHitToAnEarlierOne() {
            Rule after = Rule.of(Target.seam("sql"), Trigger.nth(1), new Cut(When.AFTER));
            ChaosScope scope = scope(cut(Trigger.always()), after);
            hit(scope, COMMIT);

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD
                            + "\n  missed : planned was connection lost after the effect (the reply was cut) at every "
                            + "sql site, hit 1, but an earlier fault had already ended the call (1 of 1 hit)"
                            + "\n  seen   : sql:COMMIT (1 hit)");
        }

        @Test
        void anotherAnswerCameBack() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));
            requireNonNull(strike(scope, COMMIT, A)).blows().get(0).answered("40001");

            assertThatThrownBy(scope::verify)
                    .hasMessage(
                            HEAD + "\n  missed : planned was connection lost before the effect (nothing was sent) at "
                                    + "sql:COMMIT, 1st on lane a, but 40001 came back\n  seen   : sql:COMMIT (1 hit)");
        }

        @Test
        void nothingCameBack() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));
            requireNonNull(strike(scope, COMMIT, A));

            assertThatThrownBy(scope::verify)
                    .hasMessage(HEAD
                            + "\n  missed : planned was connection lost before the effect (nothing was sent) at "
                            + "sql:COMMIT, 1st on lane a, but nothing was seen to come back\n  seen   : sql:COMMIT (1 "
                            + "hit)");
        }

        @Test
        void certainProbabilityShowsItsDraws() {
            Rule certain = cut(Trigger.probability(1).times(1));
            ChaosScope scope = scope(cut(Trigger.always()), certain);
            hit(scope, COMMIT);

            assertThat(scope.unfulfilled())
                    .containsExactly("planned was " + certain
                            + ", but an earlier fault had already ended the call (1 of 1 " + "hits)");
        }

        @Test
        void severalAreCountedAndListedInTheOrderOfThePlan() {
            Rule slow = Rule.of(Target.of(UPDATE), Trigger.nth(1), Delay.of(Duration.ofMillis(5)));
            ChaosScope scope = scope(slow, cut(Trigger.nth(2)));
            hit(scope, COMMIT);

            assertThatThrownBy(scope::verify)
                    .hasMessage(
                            "Every planned fault must strike, and come back as planned, but 2 did not. Correct its target "
                                    + "(the sites that were seen are below), lower its count, or allow it to miss."
                                    + "\n  missed : planned was delay of 5ms before the effect at sql:UPDATE t, hit 1, but nothing "
                                    + "arrived there"
                                    + "\n  missed : planned was " + CUT + "hit 2, but it struck 0 of 1 time in 1 hit"
                                    + "\n  seen   : sql:COMMIT (1 hit)");
        }

        @Test
        void ofManySitesTheFirstAreShown() {
            ChaosScope scope = scope(cut(Trigger.nth(1)));
            IntStream.rangeClosed(101, 123).forEach(n -> hit(scope, new Site("sql", "SELECT " + n)));

            assertThatThrownBy(scope::verify)
                    .hasMessageContaining("\n  seen   : sql:SELECT 101 (1 hit)\n")
                    .hasMessageEndingWith("\n  seen   : sql:SELECT 120 (1 hit)\n  seen   : and 3 more sites");
        }
    }
}
