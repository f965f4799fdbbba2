// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.Calls;
import dev.chaostest.call.Failure;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.Event;

class ChaosReplayTest {

    /** Charges 2 and 5 of round 3. */
    private static final String THIRD_ROUND = "c2:AgAAAAAAAABNnmA0h7yNnqIDAQB1KcJSAAEx9GNPAgIDll-yDA";

    /** The same of round 2 of the parameterized test. */
    private static final String SECOND_ROUND = "c2:AgAAAAAAAABNKIl0BryNnqICAQB1KcJSAAEx9GNPAgIDtFi2IA";

    /** Charge 2, and charge 9, which is never made. */
    private static final String TOO_FAR = "c2:AgAAAAAAAABNhUOKILyNnqIBAQB1KcJSAAEx9GNPAgIH_kFXlg";

    /** Charge 2, of a test that is named without its package. */
    private static final String OF_AN_EARLIER_VERSION = "c2:AgAAAAAAAABN8_Oe27yNnqIBAQB1KcJSAAEx9GNPAQL7RS2S";

    interface Gateway {
        void charge(int amount) throws IOException;
    }

    @Tag(ChaosTags.PROPERTY)
    abstract static class Shop {
        @ChaosWrap
        Gateway gateway = amount -> {};

        /** The rule is added here, so that the annotations, and with them the plan of the tokens, never change. */
        Set<Integer> refused(ChaosScope scope) {
            scope.inject(Rule.of(Calls.to(Gateway.class), Trigger.probability(0.25), Failure.of(IOException::new)));
            Set<Integer> refused = new TreeSet<>();
            for (int number = 1; number <= 8; number++) {
                try {
                    gateway.charge(number);
                } catch (IOException e) {
                    refused.add(number);
                }
            }
            return refused;
        }

        void sayWhatIsRefused(ChaosScope scope) {
            throw new AssertionError("refused " + refused(scope));
        }
    }

    @Test
    void theTokensOfTheseTestsHoldWhatTheirNamesSay() {
        String rounds = "dev.chaostest.junit5.ChaosReplayTest$AnnotatedTestCases.charges";
        assertThat(token(rounds, 3, 2, 5)).hasToString(THIRD_ROUND);
        assertThat(token("dev.chaostest.junit5.ChaosReplayTest$ParameterizedTestCases.charges", 2, 2, 5))
                .hasToString(SECOND_ROUND);
        assertThat(token("dev.chaostest.junit5.ChaosReplayTest$NotReachedTestCases.isGreen", 1, 2, 9))
                .hasToString(TOO_FAR);
        assertThat(token("ChaosReplayTest$OfAnEarlierVersionTestCases.charges", 1, 2))
                .hasToString(OF_AN_EARLIER_VERSION);
    }

    private static Token token(String test, long round, long... hits) {
        List<FiredAt> decisions = LongStream.of(hits)
                .mapToObj(nth -> FiredAt.of(0, new Hit(new Site("call", "Gateway.charge"), new Lane("gateway-1"), nth)))
                .toList();
        int plan = Plan.of(new Seed(77)).fingerprint();
        return new Token(
                new Seed(77), test.hashCode(), plan, round, OptionalInt.empty(), Optional.of(Script.partly(decisions)));
    }

    static class AnnotatedTestCases extends Shop {
        @ChaosTest(rounds = 5)
        @ChaosSeed(5)
        @ChaosReplay(THIRD_ROUND)
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    @Test
    void theTokenOnTheMethodReplaysItsRoundOnly() {
        Inner inner = Inner.run(AnnotatedTestCases.class);

        assertThat(inner.message())
                .startsWith("ChaosReplayTest$AnnotatedTestCases.charges: refused [2, 5]")
                .contains("\n  seed     : 77\n")
                .contains("-Dchaos.replay=" + THIRD_ROUND);
        assertThat(inner.published("chaos.seed"))
                .containsExactly(new Seed(77).round(3).toString());
        assertThat(inner.results().testEvents().started().stream()
                        .map(Event::getTestDescriptor)
                        .map(descriptor -> descriptor.getDisplayName()))
                .containsExactly("round 3 of 5");
    }

    @Test
    void theTokenBeatsTheSeedOfTheCommandLine() {
        assertThat(Inner.run(AnnotatedTestCases.class, Map.of("chaos.seed", "6"))
                        .message())
                .contains("\n  seed     : 77\n");
    }

    @Test
    void theTokenOfTheCommandLineBeatsTheOneOnTheMethod() {
        String other = token("dev.chaostest.junit5.ChaosReplayTest$AnnotatedTestCases.charges", 1, 8)
                .toString();

        assertThat(Inner.run(AnnotatedTestCases.class, Map.of("chaos.replay", other))
                        .message())
                .contains("charges: refused [8]");
    }

    @Test
    void aTokenOfTheCommandLineThatIsOfAnotherTestDoesNot() {
        String other = token("AnotherTest.charges", 1, 8).toString();

        assertThat(Inner.run(AnnotatedTestCases.class, Map.of("chaos.replay", other))
                        .message())
                .contains("charges: refused [2, 5]");
    }

    static class ParameterizedTestCases extends Shop {
        @ParameterizedTest
        @ValueSource(strings = {"one", "two", "three"})
        @ChaosReplay(SECOND_ROUND)
        void charges(String argument, ChaosScope scope) {
            throw new AssertionError(argument + " had " + refused(scope));
        }
    }

    @Test
    void ofAParameterizedTestTheOtherRoundsAreLeftOut() {
        Inner inner = Inner.run(ParameterizedTestCases.class);

        assertThat(inner.message()).contains("charges: two had [2, 5]");
        assertThat(inner.aborted())
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "The replay token is about round 2 of ChaosReplayTest$ParameterizedTestCases.charges, and this is "
                                + "round 1.",
                        "The replay token is about round 2 of ChaosReplayTest$ParameterizedTestCases.charges, and this is "
                                + "round 3.");
    }

    static class NotReachedTestCases extends Shop {
        @ChaosTest
        @ChaosReplay(TOO_FAR)
        void isGreen(ChaosScope scope) {
            assertThat(refused(scope)).containsExactly(2);
        }
    }

    @Test
    void aGreenReplayThatDidNotComeToAllIsNotReproduced() {
        assertThat(Inner.run(NotReachedTestCases.class).message())
                .startsWith(
                        "ChaosReplayTest$NotReachedTestCases.isGreen: A replay must come to every fault that its token "
                                + "holds, but did not reproduce 1 of 2, and was green. Go back to the code that printed the token; or, "
                                + "if the bug is mended, forget the token.\n  missed : recorded was ")
                .contains(", at call:Gateway.charge, 9th on lane gateway-1, but it did not strike there"
                        + "\n  seen   : call:Gateway.charge (8 hits)");
    }

    @Test
    void decisionsAtSitesThatAreGoneAreNotReproduced() {
        FiredAt gone = FiredAt.of(0, new Hit(new Site("call", "Till.charge"), new Lane("till-1"), 1));
        Token token = new Token(
                new Seed(77),
                "dev.chaostest.junit5.ChaosReplayTest$NotReachedTestCases.isGreen".hashCode(),
                Plan.of(new Seed(77)).fingerprint(),
                1,
                OptionalInt.empty(),
                Optional.of(Script.of(List.of(
                        gone, FiredAt.of(0, new Hit(new Site("call", "Gateway.charge"), new Lane("gateway-1"), 2))))));

        assertThat(Inner.run(NotReachedTestCases.class, Map.of("chaos.replay", token.toString()))
                        .message())
                .contains("did not reproduce 1 of 2, and was green.")
                .contains(", at hit 1 of a site, but nothing arrived there\n");
    }

    static class OfAnotherTestCases extends Shop {
        @ChaosTest
        @ChaosReplay(THIRD_ROUND)
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    @Test
    void aTokenOfAnotherTestOnTheMethodIsRefused() {
        assertThat(Inner.run(OfAnotherTestCases.class).message())
                .isEqualTo(
                        "The token of @ChaosReplay on ChaosReplayTest$OfAnotherTestCases.charges must be of that test, but "
                                + "is of another, or of one with another name. Take the token that this test printed.");
    }

    @Test
    void aTestOfTheSameNameInAnotherPackageIsAnotherTest() {
        String twin =
                token("com.example.ChaosReplayTest$RedTestCases.charges", 1, 2).toString();
        String own = token("dev.chaostest.junit5.ChaosReplayTest$RedTestCases.charges", 1, 2)
                .toString();

        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.replay", twin)).message())
                .contains("-Dchaos.replay=c")
                .doesNotContain(twin)
                .doesNotContain("refused [2]");
        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.replay", own)).message())
                .contains("refused [2]")
                .contains("-Dchaos.replay=" + own);
    }

    @Test
    void theTokenThatATestPrintsHoldsItsPackage() {
        String message = Inner.run(RedTestCases.class).message();
        Token printed = Token.parse(message.replaceAll("(?s).*-Dchaos\\.replay=(\\S+).*", "$1"));

        assertThat(printed.isOf("dev.chaostest.junit5.ChaosReplayTest$RedTestCases.charges"))
                .isTrue();
        assertThat(printed.isOf("ChaosReplayTest$RedTestCases.charges")).isFalse();
    }

    @Test
    void aTokenOfAnEarlierVersionIsRefused() {
        String old = token("ChaosReplayTest$RedTestCases.charges", 1, 2).toString();

        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.replay", old)).message())
                .isEqualTo(
                        "chaos.replay must be a token that this version of the library has printed, but is one of an "
                                + "earlier version, which did not tell tests of the same name in several packages apart. Run "
                                + "ChaosReplayTest$RedTestCases.charges with -Dchaos.seed=77, and take the token that it prints.");
        assertThat(Inner.run(OfAnEarlierVersionTestCases.class).message())
                .isEqualTo(
                        "@ChaosReplay on ChaosReplayTest$OfAnEarlierVersionTestCases.charges must be a token that this "
                                + "version of the library has printed, but is one of an earlier version, which did not tell tests "
                                + "of the same name in several packages apart. Run "
                                + "ChaosReplayTest$OfAnEarlierVersionTestCases.charges with -Dchaos.seed=77, and take the token "
                                + "that it prints.");
    }

    static class RedTestCases extends Shop {
        @ChaosTest
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    static class OfAnEarlierVersionTestCases extends Shop {
        @ChaosTest
        @ChaosReplay(OF_AN_EARLIER_VERSION)
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    static class MistypedTestCases extends Shop {
        @ChaosTest
        @ChaosReplay("c2:AAAA")
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    @Test
    void aTokenThatIsCutIsRefused() {
        assertThat(Inner.run(MistypedTestCases.class).message())
                .isEqualTo(
                        "chaos.replay must be a token as a failed test printed it, but was \"c2:AAAA\" (its length is "
                                + "wrong). Copy the whole token, from \"c2:\" on.");
    }

    static class PlannedTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class)
        void charges(ChaosScope scope) {
            sayWhatIsRefused(scope);
        }
    }

    @Test
    void decisionsOfAnotherPlanAreRefused() {
        String token = token("dev.chaostest.junit5.ChaosReplayTest$PlannedTestCases.charges", 1, 1)
                .toString();

        assertThat(Inner.run(PlannedTestCases.class, Map.of("chaos.replay", token))
                        .message())
                .startsWith(
                        "The plan of ChaosReplayTest$PlannedTestCases.charges must be the one of the replay token, but "
                                + "its annotations have changed since the token was printed.");
    }

    static class ManyTestCases extends Shop {
        @ChaosTest
        void charges(ChaosScope scope) {
            scope.inject(Rule.of(Calls.to(Gateway.class), Trigger.first(201), Failure.of(IOException::new)));
            for (int number = 1; number <= 201; number++) {
                assertThatThrownBy(() -> gateway.charge(1)).isInstanceOf(IOException.class);
            }
            throw new AssertionError("red");
        }
    }

    @Test
    void aRoundWithMoreFaultsThanATokenHoldsHasATokenWithTheSeedOnly() {
        assertThat(Inner.run(ManyTestCases.class).message())
                .contains("-Dchaos.replay=c1:")
                .contains("\n  shrunk   : not tried, since 201 faults struck, and a token holds 200\n");
    }

    static class ManyLanesTestCases extends Shop {
        @ChaosWrap
        Gateway other = amount -> {};

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 250)
        void countsOverLanes() {
            count(125);
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 2)
        void countsTwo() {
            count(1);
        }

        private void count(int each) {
            for (int number = 1; number <= each; number++) {
                assertThatThrownBy(() -> gateway.charge(1)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> other.charge(1)).isInstanceOf(IOException.class);
            }
            throw new AssertionError("red");
        }
    }

    @Test
    void saysWhatItsTokenCantFix() {
        List<String> messages = Inner.run(ManyLanesTestCases.class, Map.of("chaos.shrink", "0")).failures().stream()
                .map(Throwable::getMessage)
                .toList();

        assertThat(messages)
                .hasSize(2)
                .anySatisfy(
                        many -> assertThat(many)
                                .contains("-Dchaos.replay=c1:")
                                .contains(
                                        "\n  not fixed: at which hits faults struck; they are 250, and a token holds 200"
                                                + "\n  not fixed: which lane meets a count over the whole scope, when several lanes run\n"))
                .anySatisfy(two -> assertThat(two)
                        .contains("-Dchaos.replay=c2:")
                        .contains("\n  not fixed: which work runs on which lane, when several lanes run\n")
                        .doesNotContain("count over the whole scope"));
    }
}
