// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class ChaosTestTest {

    private static final Map<String, String> SEED_77 = Map.of("chaos.seed", "77");
    private static final Site CHARGE = new Site("call", "Gateway.charge");

    @Test
    void eachRoundHasASeedOfItsOwnAndTheFirstHasTheRunsSeed() {
        Inner inner = Inner.run(ThreeRoundsTestCases.class, SEED_77);

        assertThat(inner.succeeded()).isEqualTo(3);
        Seed run = new Seed(77);
        assertThat(inner.published("chaos.seed"))
                .containsExactlyInAnyOrder(
                        "77", run.round(2).toString(), run.round(3).toString());
    }

    @Tag(ChaosTags.RECOVERY)
    static class ThreeRoundsTestCases {
        @ChaosTest(rounds = 3)
        void knowsItsSeed(ChaosScope scope) {
            assertThat(scope.plan().rules()).isEmpty();
        }
    }

    @Test
    void noRoundsAreRefused() {
        assertThat(Inner.run(NoRoundsTestCases.class).message())
                .isEqualTo(
                        "@ChaosTest(rounds) on ChaosTestTest$NoRoundsTestCases.isNeverRun must be 1 or more, but was 0. "
                                + "To leave the test out, use @Disabled.");
    }

    @Tag(ChaosTags.RECOVERY)
    static class NoRoundsTestCases {
        @ChaosTest(rounds = 0)
        void isNeverRun() {}
    }

    @Test
    void thePropertyBeatsTheAnnotation() {
        assertThat(Inner.run(SeededTestCases.class, SEED_77).published("chaos.seed"))
                .containsExactly("77");
        assertThat(Inner.run(SeededTestCases.class).published("chaos.seed")).containsExactly("5");
    }

    static class SeededTestCases {
        @Test
        @ChaosSeed(5)
        void hasASeed(ChaosScope scope) {
            assertThat(scope.seed()).isNotNull();
        }
    }

    @Test
    void withoutAnySeedARandomOneIsTaken() {
        String first =
                Inner.run(ThreeRoundsTestCases.class).published("chaos.seed").get(0);
        String second =
                Inner.run(ThreeRoundsTestCases.class).published("chaos.seed").get(0);

        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void aSeedThatIsNoNumberFailsTheTestBeforeItStarts() {
        assertThat(Inner.run(SeededTestCases.class, Map.of("chaos.seed", "abc")).message())
                .isEqualTo("chaos.seed must be a whole number between -9223372036854775808 and 9223372036854775807, "
                        + "but was \"abc\". Copy the number from the failure's replay line.");
    }

    @Test
    void aRedTestSaysHowToReplayItAndTheTokenDoes() {
        String red = Inner.run(RedTestCases.class).message();

        assertThat(red).startsWith("ChaosTestTest$RedTestCases.isRed: expected a draw of 2");
        assertThat(red)
                .contains("\n  replay   : mvn test -Dtest='ChaosTestTest$RedTestCases#isRed' -Dchaos.replay=c1:");
        String token = red.substring(red.indexOf("c1:")).split("\\s", 2)[0];
        String replayed =
                Inner.run(RedTestCases.class, Map.of("chaos.replay", token)).message();
        assertThat(replayed.replaceFirst("\n  evidence : .*", ""))
                .as("but for the file, which is of the run")
                .isEqualTo(red.replaceFirst("\n  evidence : .*", ""));
    }

    @Tag(ChaosTags.RECOVERY)
    static class RedTestCases {
        @ChaosTest
        void isRed(ChaosScope scope) {
            throw new AssertionError("expected a draw of 2, but the seed was " + scope.seed());
        }
    }

    @Test
    void aTokenThatIsCutIsRefused() {
        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.replay", "c1:abc"))
                        .message())
                .isEqualTo(
                        "chaos.replay must be a token as a failed test printed it, but was \"c1:abc\" (its length is "
                                + "wrong). Copy the whole token, from \"c1:\" on.");
    }

    @Test
    void theExpectedAndActualValuesSurviveForTheIde() {
        AssertionFailedError failure = (AssertionFailedError)
                Inner.run(ComparingTestCases.class).failures().get(0);

        assertThat(failure.getExpected().getValue()).isEqualTo(1900);
        assertThat(failure.getActual().getValue()).isEqualTo(2000);
        assertThat(failure.getCause()).isInstanceOf(AssertionFailedError.class);
        assertThat(failure.getStackTrace()).isEqualTo(failure.getCause().getStackTrace());
    }

    @Tag(ChaosTags.RECOVERY)
    static class ComparingTestCases {
        @ChaosTest
        void compares() {
            throw new AssertionFailedError("money", 1900, 2000);
        }
    }

    @Test
    void anAbortedTestStaysAborted() {
        Inner inner = Inner.run(AbortedTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.results().testEvents().aborted().count()).isEqualTo(1);
    }

    @Tag(ChaosTags.RECOVERY)
    static class AbortedTestCases {
        @ChaosTest
        void aborts(ChaosScope scope) {
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.always(), new Cut(When.BEFORE)));
            Assumptions.abort("not today");
        }
    }

    @Test
    void aPlannedFaultThatNeverStruckMakesTheTestRed() {
        assertThat(Inner.run(MissingTestCases.class, SEED_77).message())
                .startsWith("ChaosTestTest$MissingTestCases.neverGetsThere: Every planned fault must strike, and come "
                        + "back as planned, but one did not. Correct its target (the sites that were seen are below), lower its count, or allow it to "
                        + "miss."
                        + "\n  missed : planned was connection lost before the effect (nothing was sent) at "
                        + "call:Gateway.charge, hit 1, but nothing arrived there"
                        + "\n  seen   : nothing; does the code under test use what was handed to the test?");
    }

    @Tag(ChaosTags.RECOVERY)
    static class MissingTestCases {
        @ChaosTest
        void neverGetsThere(ChaosScope scope) {
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), new Cut(When.BEFORE)));
        }
    }

    @Test
    void aRedTestShowsWhatStruckAndWhatCameBack() {
        String message = Inner.run(StruckTestCases.class, SEED_77).message();

        assertThat(message)
                .contains(
                        "\n  fault    : connection lost after the effect (the reply was cut)"
                                + "\n  site     : call:Gateway.charge, 1st on lane gateway, from ChaosTestTest$StruckTestCases.struck:")
                .contains("\n  came back: connection lost\n  seed     : 77");
    }

    @Tag(ChaosTags.RECOVERY)
    static class StruckTestCases {
        @ChaosTest
        void struck(ChaosScope scope) {
            scope.arm(new Mount("the gateway", "call", Set.of(Cut.class)));
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), new Cut(When.AFTER)));
            scope.round()
                    .at(CHARGE, new Lane("gateway"), () -> "charge(42)", Set.of())
                    .blows()
                    .forEach(blow -> blow.answered(Cut.CAME_BACK));
            throw new AssertionError("charged twice");
        }
    }

    @Test
    void whatAScopeOwnsIsClosedAlsoAfterARedTest() {
        assertThat(Inner.run(OwningTestCases.class).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("closed"));
    }

    @Tag(ChaosTags.RECOVERY)
    static class OwningTestCases {
        @ChaosTest
        void owns(ChaosScope scope) {
            scope.own("a thing", () -> {
                throw new IllegalStateException("closed");
            });
            throw new AssertionError("red");
        }
    }

    @Test
    void theAnnotationsWorkBesideARepeatedTest() {
        List<String> seeds = Inner.run(RepeatedTestCases.class, SEED_77).published("chaos.seed");

        assertThat(seeds).containsExactlyInAnyOrder("77", new Seed(77).round(2).toString());
    }

    static class RepeatedTestCases {
        @RepeatedTest(2)
        @ChaosSeed(5)
        void twice(ChaosScope scope) {
            assertThat(scope.fired()).isEmpty();
        }
    }
}
