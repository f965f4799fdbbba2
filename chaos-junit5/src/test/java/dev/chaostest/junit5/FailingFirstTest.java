// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.Event;

/** What was red by chance is run first next time, until it is green. One after the other: the shop has one state. */
@Execution(ExecutionMode.SAME_THREAD)
class FailingFirstTest {

    interface Gateway {
        void charge(int amount) throws IOException;
    }

    /** What the code under test is like. */
    private enum Code {
        BROKEN,
        MENDED,
        ON_ANOTHER_WAY
    }

    private static volatile Code code = Code.BROKEN;

    @TempDir
    private Path base;

    @BeforeEach
    void breakIt() {
        code = Code.BROKEN;
    }

    @Tag(ChaosTags.PROPERTY)
    abstract static class Shop {
        @ChaosWrap
        Gateway gateway = amount -> {};

        Set<Integer> refused() {
            Set<Integer> refused = new TreeSet<>();
            for (int number = 1; number <= (code == Code.ON_ANOTHER_WAY ? 1 : 10); number++) {
                try {
                    gateway.charge(number);
                } catch (IOException e) {
                    refused.add(number);
                }
            }
            return refused;
        }
    }

    static class ChanceTestCases extends Shop {
        @ChaosTest(rounds = 2)
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, probability = 0.5, mayMiss = true)
        void bearsRefusals() {
            if (refused().stream().anyMatch(number -> number > 1) && code == Code.BROKEN) {
                throw new AssertionError("lost");
            }
        }
    }

    private Inner run(Class<?> testCases, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("chaos.report.directory", base.toString());
        settings.putIfAbsent("chaos.failing-first", "true");
        settings.putIfAbsent("chaos.seed", "2");
        return Inner.run(testCases, settings);
    }

    private Inner run(Class<?> testCases) {
        return run(testCases, Map.of());
    }

    private List<Token> kept(String test) {
        return new FailingTokens(base, true).of(getClass().getName() + "$" + test);
    }

    private static List<String> names(Inner inner) {
        return inner.results().testEvents().started().stream()
                .map(Event::getTestDescriptor)
                .map(descriptor -> descriptor.getDisplayName())
                .toList();
    }

    @Test
    void whatWasRedIsRunFirstUntilItIsGreen() {
        Inner first = run(ChanceTestCases.class);
        assertThat(first.failures()).hasSize(2);
        List<Token> kept = kept("ChanceTestCases.bearsRefusals");
        assertThat(kept).hasSize(2);

        Inner second = run(ChanceTestCases.class, Map.of("chaos.seed", "3"));
        assertThat(second.failures()).hasSize(4);
        assertThat(names(second).subList(0, 2))
                .containsExactlyElementsOf(
                        kept.stream().map(FailingFirstTest::replayOf).toList());
        assertThat(names(second)).contains("round 1 of 2", "round 2 of 2");
        List<Token> more = kept("ChanceTestCases.bearsRefusals");
        assertThat(more).as("with those of the second run").hasSize(4).containsAll(kept);

        code = Code.MENDED;
        Inner third = run(ChanceTestCases.class);
        assertThat(third.failures()).isEmpty();
        assertThat(third.succeeded()).isEqualTo(6);
        assertThat(kept("ChanceTestCases.bearsRefusals")).isEmpty();
        assertThat(names(run(ChanceTestCases.class))).containsExactly("round 1 of 2", "round 2 of 2");
    }

    private static String replayOf(Token token) {
        String text = token.toString();
        return "replay of " + (text.length() <= 80 ? text : text.substring(0, 80) + "...");
    }

    @Test
    void theShrunkTokenIsKept() {
        run(ChanceTestCases.class);

        assertThat(kept("ChanceTestCases.bearsRefusals"))
                .as("of the first round one decision, the other has what it had")
                .extracting(token -> token.script().orElseThrow().decisions().size())
                .contains(1);
    }

    @Test
    void aMendedTestThatTakesAnotherWayForgetsWithoutBeingRed() {
        run(ChanceTestCases.class);
        int kept = kept("ChanceTestCases.bearsRefusals").size();
        code = Code.ON_ANOTHER_WAY;

        Inner again = run(ChanceTestCases.class);

        assertThat(again.failures()).isEmpty();
        assertThat(again.aborted())
                .hasSize(kept)
                .allSatisfy(aborted -> assertThat(aborted)
                        .hasMessageMatching(
                                "(?s)Is green, but took another way than when it was red, so its token is forgotten: A "
                                        + "replay must come to every fault that its token holds, but did not reproduce [0-9]+ of [0-9]+, and "
                                        + "was green\\. .*"));
        assertThat(kept("ChanceTestCases.bearsRefusals")).isEmpty();
    }

    @Test
    void aTokenOfAnotherPlanIsForgotten() {
        run(ChanceTestCases.class, Map.of("chaos.shrink", "0"));
        FailingTokens store = new FailingTokens(base, true);
        String test = getClass().getName() + "$ChanceTestCases.bearsRefusals";
        for (Token token : store.of(test)) {
            store.remove(test, token);
            store.add(
                    test,
                    new Token(token.seed(), token.test(), token.plan() + 1, 1, OptionalInt.empty(), token.script()));
        }
        code = Code.MENDED;

        Inner again = run(ChanceTestCases.class);

        assertThat(again.aborted())
                .hasSize(2)
                .allSatisfy(
                        aborted -> assertThat(aborted)
                                .hasMessage(
                                        "The annotations of the test have changed since it was red with this token, which is forgotten."));
        assertThat(again.succeeded()).isEqualTo(2);
        assertThat(store.of(test)).isEmpty();
    }

    @Test
    void aTokenOfAnotherTestIsNotRun() {
        Token other = new Token(new Seed(1), 4711, 4712);
        new FailingTokens(base, true).add(getClass().getName() + "$ChanceTestCases.bearsRefusals", other);
        code = Code.MENDED;

        assertThat(names(run(ChanceTestCases.class))).containsExactly("round 1 of 2", "round 2 of 2");
    }

    @Test
    void filesWithoutATokenAreForgottenAndLeaveRoomForOthers() throws IOException {
        run(ChanceTestCases.class);
        Path folder;
        try (Stream<Path> folders = Files.list(base.resolve("failing"))) {
            folder = folders.findFirst().orElseThrow();
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        for (int n = 0; n < 20; n++) {
            Files.write(folder.resolve("0" + n + ".txt"), new byte[] {(byte) 0xc3, (byte) n, 0});
        }

        assertThat(run(ChanceTestCases.class).failures()).hasSize(2);
        assertThat(kept("ChanceTestCases.bearsRefusals")).hasSize(2);
    }

    @Test
    void nothingIsKeptOrRunWhereItIsSwitchedOff() {
        run(ChanceTestCases.class, Map.of("chaos.failing-first", "false"));
        assertThat(kept("ChanceTestCases.bearsRefusals")).isEmpty();

        run(ChanceTestCases.class);
        code = Code.MENDED;
        assertThat(names(run(ChanceTestCases.class, Map.of("chaos.failing-first", "false"))))
                .containsExactly("round 1 of 2", "round 2 of 2");
        assertThat(kept("ChanceTestCases.bearsRefusals")).isNotEmpty();
    }

    @Test
    void aReplayAndADryRunKeepAndRunNothing() {
        String message =
                String.valueOf(run(ChanceTestCases.class).failures().get(0).getMessage());
        int kept = kept("ChanceTestCases.bearsRefusals").size();
        String token = message.replaceAll("(?s).*-Dchaos\\.replay=(\\S+).*", "$1");

        assertThat(names(run(ChanceTestCases.class, Map.of("chaos.replay", token))))
                .hasSize(1);
        code = Code.MENDED;
        assertThat(names(run(ChanceTestCases.class, Map.of("chaos.dryRun", "true"))))
                .containsExactly("round 1 of 2", "round 2 of 2");
        assertThat(kept("ChanceTestCases.bearsRefusals")).hasSize(kept);
    }

    static class CertainTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 2)
        void isRedEachTime() {
            refused();
            throw new AssertionError("red");
        }
    }

    @Test
    void whatIsRedEachTimeNeedsNoKeeping() {
        assertThat(run(CertainTestCases.class).message()).contains("red");

        assertThat(kept("CertainTestCases.isRedEachTime")).isEmpty();
    }

    @Test
    void aValueThatIsNeitherIsRefused() {
        assertThat(run(CertainTestCases.class, Map.of("chaos.failing-first", "maybe"))
                        .message())
                .isEqualTo(
                        "chaos.failing-first must be true or false, but was \"maybe\". Set it to false to keep and run no "
                                + "red rounds of earlier runs.");
    }

    @Tag(ChaosTags.PROPERTY)
    static class SweptTestCases {
        @ChaosWrap
        Gateway gateway = amount -> {};

        @ChaosSweep
        void bearsRefusals() throws IOException {
            for (int number = 1; number <= (code == Code.ON_ANOTHER_WAY ? 1 : 3); number++) {
                try {
                    gateway.charge(number);
                } catch (IOException e) {
                    assertThat(number == 3 && code == Code.BROKEN).as("third").isFalse();
                }
            }
        }
    }

    @Test
    void theVariantsOfASweepThatWereRedComeFirstUntilTheyAreGreen() {
        List<String> red = redOf(run(SweptTestCases.class));
        assertThat(red).hasSize(6);
        assertThat(kept("SweptTestCases.bearsRefusals")).hasSize(6);

        Inner second = run(SweptTestCases.class, Map.of("chaos.seed", "3"));
        assertThat(redOf(second)).isEqualTo(red);
        assertThat(names(second).subList(2, 14))
                .as("behind the clean rounds, each twice")
                .allMatch(name -> red.contains(name.replace(", again", "")));
        assertThat(kept("SweptTestCases.bearsRefusals")).hasSize(6);

        code = Code.MENDED;
        Inner third = run(SweptTestCases.class);
        assertThat(third.failures()).isEmpty();
        assertThat(names(third).subList(2, 8)).isEqualTo(red);
        assertThat(kept("SweptTestCases.bearsRefusals")).isEmpty();
        assertThat(names(run(SweptTestCases.class)).get(2)).startsWith("#1 ");
    }

    @Test
    void aVariantThatIsNoLongerThereIsForgotten() {
        run(SweptTestCases.class);
        code = Code.ON_ANOTHER_WAY;

        assertThat(run(SweptTestCases.class).failures()).isEmpty();
        assertThat(kept("SweptTestCases.bearsRefusals")).isEmpty();
    }

    @Test
    void theReplayOfAVariantAndADryRunForgetNothing() {
        String message =
                String.valueOf(run(SweptTestCases.class).failures().get(0).getMessage());
        String token = message.replaceAll("(?s).*-Dchaos\\.replay=(\\S+).*", "$1");
        code = Code.MENDED;

        assertThat(names(run(SweptTestCases.class, Map.of("chaos.replay", token))))
                .hasSize(4);
        run(SweptTestCases.class, Map.of("chaos.dryRun", "true"));

        assertThat(kept("SweptTestCases.bearsRefusals")).hasSize(6);
    }

    private static List<String> redOf(Inner inner) {
        return names(inner).stream()
                .filter(name -> name.startsWith("#") && name.endsWith(", again"))
                .map(name -> name.replace(", again", ""))
                .toList();
    }
}
