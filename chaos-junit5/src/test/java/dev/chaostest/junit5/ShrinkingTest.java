// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.discovery.UniqueIdSelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** A red round with many faults comes down to the guilty ones, with the whole life cycle of its test for each try. */
class ShrinkingTest {

    private static final Pattern TOKEN = Pattern.compile("-Dchaos\\.replay=(c2:[A-Za-z0-9_-]+)");

    interface Gateway {
        void charge(int amount) throws IOException;
    }

    /** A shop that charges many times, each time with its number; what the gateway refuses is noted. */
    @Tag(ChaosTags.PROPERTY)
    abstract static class Shop {
        @ChaosWrap
        Gateway gateway = amount -> {};

        Set<Integer> refused(int calls) {
            Set<Integer> refused = new TreeSet<>();
            for (int number = 1; number <= calls; number++) {
                try {
                    gateway.charge(number);
                } catch (IOException e) {
                    refused.add(number);
                }
            }
            return refused;
        }
    }

    private static String token(String message) {
        Matcher matcher = TOKEN.matcher(message);
        assertThat(matcher.find()).as(message).isTrue();
        return matcher.group(1);
    }

    private static List<FiredAt> decisions(String message) {
        return Token.parse(token(message)).script().map(Script::decisions).orElseThrow();
    }

    /** With seed 34 it refuses charges 2, 6, 12, 13, 16, 17, 19, 21, 22, 23, 25 and 27. */
    static class OneGuiltyTestCases extends Shop {
        @ChaosTest
        @ChaosSeed(34)
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, probability = 0.4)
        void bearsRefusals() {
            if (refused(30).contains(17)) {
                throw new AssertionError("charge 17 is lost");
            }
        }
    }

    @Test
    void oneGuiltyFaultOfTwelveRandomOnesIsShown() {
        Inner inner = Inner.run(OneGuiltyTestCases.class);
        String message = inner.message();

        assertThat(masked(message)).isEqualTo("""
                        ShrinkingTest$OneGuiltyTestCases.bearsRefusals: charge 17 is lost
                          fault    : failure java.io.IOException: injected by a chaos test before the effect
                          site     : call:Gateway.charge, 17th on lane gateway-1, from ShrinkingTest$Shop.refused:n
                          came back: java.io.IOException: injected by a chaos test
                          seed     : 34
                          shrunk   : 12 faults to 1 in 14 runs
                          unshrunk : c2:...
                          replay   : mvn test -Dtest='ShrinkingTest$OneGuiltyTestCases#bearsRefusals' -Dchaos.replay=c2:...
                          evidence : ...""");
        assertThat(decisions(message)).hasSize(1);
        assertThat(inner.aborted()).as("the round itself, and the tries").hasSize(15);
        assertThat(inner.aborted().get(0))
                .hasMessage(
                        "round 1 of 1 was red, and is run again with fewer faults; the last of these runs tells, see "
                                + "there.");
        assertThat(inner.aborted())
                .extracting(Throwable::getMessage)
                .contains("A try to find the guilty faults, and green.")
                .anyMatch(each ->
                        each.startsWith("A try to find the guilty faults, and red: AssertionError, at bearsRefusals:"));
        assertThat(inner.succeeded()).isZero();

        Inner again = Inner.run(OneGuiltyTestCases.class, Map.of("chaos.replay", token(message)));
        assertThat(again.message()).contains("17th on lane gateway-1").doesNotContain("shrunk   :");
        assertThat(token(again.message())).isEqualTo(token(message));
        assertThat(again.aborted()).isEmpty();
    }

    private static String masked(String message) {
        return message.replaceAll("(?m):[0-9]+$", ":n")
                .replaceAll("c2:[A-Za-z0-9_-]+", "c2:...")
                .replace(" -Dsurefire.failIfNoSpecifiedTests=false", "")
                .replaceFirst("evidence : .*", "evidence : ...");
    }

    static class TwoGuiltyTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void bearsRefusals() {
            Set<Integer> refused = refused(12);
            if (refused.containsAll(List.of(4, 11))) {
                throw new AssertionError("both are lost");
            }
        }
    }

    @Test
    void twoGuiltyFaultsAreShownWithinTheDefaultEffort() {
        String message = Inner.run(TwoGuiltyTestCases.class).message();

        assertThat(message)
                .contains("4th on lane gateway-1", "11th on lane gateway-1")
                .containsPattern("\n  shrunk   : 12 faults to 2 in [0-9]+ runs\n");
        assertThat(decisions(message)).extracting(FiredAt::nth).containsExactlyInAnyOrder(4L, 11L);
    }

    static class AnyOneTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void bearsRefusals() {
            if (!refused(12).isEmpty()) {
                throw new AssertionError("something is lost");
            }
        }
    }

    @Test
    void whatStaysIsMovedToTheEarliestHit() {
        String message = Inner.run(AnyOneTestCases.class).message();

        assertThat(decisions(message)).extracting(FiredAt::nth).containsExactly(1L);
        assertThat(message).contains("\n  shrunk   : 12 faults to 1 in ");
    }

    static class SlowTestCases extends Shop {
        @ChaosTest
        @ChaosCallDelay(on = Gateway.class, value = "64ms", times = 0)
        void bearsDelays(ChaosScope scope) {
            refused(3);
            boolean slow = scope.fired().stream()
                    .map(LedgerEntry.Fired::fault)
                    .anyMatch(fault -> fault instanceof Delay delay
                            && delay.length().longest().compareTo(Duration.ofMillis(5)) >= 0);
            if (slow) {
                throw new AssertionError("too slow");
            }
        }
    }

    @Test
    void aDelayIsShortened() {
        String message = Inner.run(SlowTestCases.class).message();

        assertThat(message)
                .as("64 ms are halved three times: 4 ms are green")
                .contains("\n  fault    : delay of 8ms before the effect")
                .contains("\n  shrunk   : 3 faults to 1 in ");
    }

    static class WithoutAnyTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void isRed() {
            refused(3);
            throw new AssertionError("always");
        }
    }

    @Test
    void whatIsRedWithoutAnyFaultIsSaidToBe() {
        String message = Inner.run(WithoutAnyTestCases.class).message();

        assertThat(message)
                .contains("\n  faults   : none struck; planned was failure")
                .contains("\n  shrunk   : 3 faults to none in 2 runs: it is red without any\n");
        assertThat(Inner.run(WithoutAnyTestCases.class, Map.of("chaos.replay", token(message)))
                        .message())
                .contains("isRed: always")
                .contains("\n  faults   : none struck");
    }

    static class TwoFaultsTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void isRed() {
            refused(2);
            throw new AssertionError("red");
        }
    }

    @Test
    void twoFaultsAreFewEnough() {
        Inner inner = Inner.run(TwoFaultsTestCases.class);

        assertThat(inner.message()).contains("isRed: red").doesNotContain("shrunk");
        assertThat(inner.aborted()).isEmpty();
    }

    static class UnsteadyTestCases extends Shop {
        static final AtomicInteger RUNS = new AtomicInteger();

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void isRedOnce() {
            refused(3);
            if (RUNS.getAndIncrement() == 0) {
                throw new AssertionError("once");
            }
        }
    }

    @Test
    void aRoundThatIsNotRedAgainIsRedAllTheSame() {
        UnsteadyTestCases.RUNS.set(0);
        String message = Inner.run(UnsteadyTestCases.class).message();

        assertThat(message)
                .startsWith("ShrinkingTest$UnsteadyTestCases.isRedOnce: once\n")
                .containsPattern(
                        "\n  evidence : .*\n  shrunk   : 3 faults to 3 in [0-9]+ runs, but was not red in the last: "
                                + "the test is not deterministic$");
        assertThat(decisions(message)).hasSize(3);
    }

    static class TwoBugsTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void bearsRefusals() {
            Set<Integer> refused = refused(6);
            if (refused.size() == 6) {
                throw new AssertionError("all are lost");
            }
            if (!refused.isEmpty()) {
                throw new IllegalStateException("another bug");
            }
        }
    }

    @Test
    void anotherFailureIsNotTakenForThisOne() {
        String message = Inner.run(TwoBugsTestCases.class).message();

        assertThat(message)
                .contains("bearsRefusals: all are lost")
                .containsPattern("\n  shrunk   : 6 faults to 6 in [0-9]+ runs\n");
    }

    static class AfterEachTestCases extends Shop {
        private Set<Integer> refused = new TreeSet<>();

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void bearsRefusals() {
            refused = refused(12);
        }

        @AfterEach
        void look() {
            if (refused.contains(7)) {
                throw new AssertionError("7 is lost");
            }
        }
    }

    @Test
    void aFailureInAfterEachIsShrunkToo() {
        String message = Inner.run(AfterEachTestCases.class).message();

        assertThat(message).contains("7 is lost").contains("\n  shrunk   : 12 faults to 1 in ");
        assertThat(decisions(message)).extracting(FiredAt::nth).containsExactly(7L);
    }

    static class ResidueTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void leavesNothing(ChaosScope scope) {
            Set<Integer> refused = refused(12);
            scope.checkResidue("cents", () -> refused.contains(7) ? List.of("one cent of charge 7") : List.of());
        }
    }

    @Test
    void aResidueIsShrunkToo() {
        String message = Inner.run(ResidueTestCases.class).message();

        assertThat(message).contains("one cent of charge 7").contains("\n  shrunk   : 12 faults to 1 in ");
    }

    static class TwoRoundsTestCases extends Shop {
        @ChaosTest(rounds = 2)
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void isRed() {
            if (refused(4).contains(2)) {
                throw new AssertionError("2 is lost");
            }
        }
    }

    @Test
    void oneRoundOfATestIsShrunk() {
        List<Throwable> failures = Inner.run(TwoRoundsTestCases.class).failures();

        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).hasMessageContaining("\n  shrunk   : 4 faults to 1 in ");
        assertThat(failures.get(1)).hasMessageContaining("\n  shrunk   : not tried, since an earlier round was\n");
    }

    @Test
    void theRunsAreBoundedByTheSetting() {
        Inner inner = Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.shrink", "5"));

        assertThat(inner.message())
                .containsPattern("\n  shrunk   : 12 faults to [0-9]+ in 5 runs, which is all that was allowed\n");
        assertThat(inner.aborted()).hasSize(6);
    }

    @Test
    void noRunsLeaveTheRoundAsItIs() {
        Inner inner = Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.shrink", "0"));

        assertThat(inner.message()).contains("both are lost").doesNotContain("shrunk");
        assertThat(decisions(inner.message())).hasSize(12);
        assertThat(inner.aborted()).isEmpty();
    }

    @Test
    void aReplayIsShrunkOnlyWhereThatIsAskedFor() {
        String whole = token(
                Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.shrink", "0")).message());

        assertThat(Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.replay", whole))
                        .message())
                .contains("both are lost")
                .doesNotContain("shrunk");
        String shrunk = Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.replay", whole, "chaos.shrink", "60"))
                .message();
        assertThat(shrunk).contains("\n  shrunk   : 12 faults to 2 in ");
        assertThat(Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.replay", token(shrunk), "chaos.shrink", "60"))
                        .message())
                .contains("both are lost")
                .doesNotContain("shrunk");
    }

    @Test
    void aNumberOfRunsThatIsNoneIsRefused() {
        assertThat(Inner.run(TwoGuiltyTestCases.class, Map.of("chaos.shrink", "many"))
                        .message())
                .isEqualTo(
                        "chaos.shrink must be a number of runs from 0 to 10000, but was \"many\". Remove it for 50, or "
                                + "set it to 0 to leave red rounds as they are.");
    }

    static class PlainTestCases extends Shop {
        @Test
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void isRed() {
            refused(3);
            throw new AssertionError("red");
        }
    }

    @Test
    void aPlainTestSaysHowToHaveItShrunk() {
        assertThat(Inner.run(PlainTestCases.class).message())
                .contains("\n  shrunk   : not tried, since only a @ChaosTest is run again by itself; make it one\n");
    }

    @Test
    void roundsThatRunAtOnceSayHowToHaveThemShrunk() {
        Map<String, String> parallel = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "2");

        assertThat(Inner.run(TwoGuiltyTestCases.class, parallel).message())
                .contains("\n  shrunk   : not tried, since the invocations of this test run at once; add "
                        + "@Execution(ExecutionMode.SAME_THREAD)\n");
        assertThat(Inner.run(SameThreadTestCases.class, parallel).message())
                .contains("\n  shrunk   : 12 faults to 2 in ");
    }

    @Execution(ExecutionMode.SAME_THREAD)
    static class SameThreadTestCases extends TwoGuiltyTestCases {}

    static class MissingTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 20)
        void strikesTooRarely() {
            refused(12);
        }
    }

    @Test
    void aFaultThatIsMissingIsNobodysFaultAndIsRedAgainInAReplay() {
        Inner inner = Inner.run(MissingTestCases.class);

        assertThat(inner.message()).contains("but it struck 12 of 20 times").doesNotContain("shrunk");
        assertThat(inner.aborted()).isEmpty();
        assertThat(Inner.run(MissingTestCases.class, Map.of("chaos.replay", token(inner.message())))
                        .message())
                .contains("but it struck 12 of 20 times");
    }

    /** An IDE runs one invocation again: the others are filtered, and nobody must take that for green. */
    @Test
    void whoPicksOneInvocationSeesItsFailure() {
        UniqueIdSelector first =
                DiscoverySelectors.selectUniqueId("[engine:junit-jupiter]/[class:" + TwoGuiltyTestCases.class.getName()
                        + "]/[test-template:bearsRefusals()]/[test-template-invocation:#1]");
        Events all = EngineTestKit.engine("junit-jupiter")
                .selectors(first)
                .configurationParameter("chaos.failing-first", "false")
                .execute()
                .allEvents();

        assertThat(all.failed().stream().map(ShrinkingTest::thrown))
                .singleElement()
                .satisfies(thrown -> assertThat(thrown).hasMessageContaining("both are lost"));
    }

    private static Throwable thrown(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }
}
