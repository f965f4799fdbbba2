// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.evidence.internal.Occasion;
import dev.chaostest.junit5.evidence.internal.Section;
import dev.chaostest.junit5.evidence.internal.Witness;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.reporting.FileEntry;
import org.junit.platform.engine.reporting.OutputDirectoryProvider;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** What a red test leaves, without any database. */
@Timeout(120)
class EvidenceTest {

    private static final Site CHARGE = new Site("call", "Gateway.charge");

    @TempDir
    Path directory;

    private Inner run(Class<?> testCases) {
        return run(testCases, Map.of());
    }

    private Inner run(Class<?> testCases, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("chaos.report.directory", directory.toString());
        settings.put("chaos.run", "run1");
        settings.put("chaos.seed", "77");
        return Inner.run(testCases, settings);
    }

    private Reports reports() {
        return new Reports(directory);
    }

    private static void charge(ChaosScope scope, int amount) {
        var strike = scope.round().at(CHARGE, new Lane("gateway"), () -> "charge(" + amount + ")", Set.of());
        if (strike != null) {
            strike.blows().forEach(blow -> blow.answered(Cut.CAME_BACK));
        }
    }

    @Test
    void aFailureLeavesItsLedgerAndTheMessageSaysWhere() {
        String message = run(StruckTestCases.class).message();

        Path file = directory.resolve("run1/EvidenceTest_StruckTestCases/struck.txt");
        assertThat(message).endsWith("\n  evidence : " + file);
        String report = reports().text();
        assertThat(reports().files()).containsExactly(file);
        assertThat(report)
                .startsWith(
                        "EvidenceTest$StruckTestCases.struck failed\n==========================================\nseen at 20")
                .contains(
                        "Z\n\nEvidenceTest$StruckTestCases.struck: charged twice\n  fault    : connection lost after the ")
                .contains("\n  seed     : 77\n  replay   : mvn test -Dtest=");
        assertThat(Reports.section(report, "Plan"))
                .containsExactly(
                        "arrived  struck  rule",
                        "      2       1  connection lost after the effect (the reply was cut) at "
                                + "call:Gateway.charge, hit 1");
        assertThat(Reports.section(report, "Sites seen")).containsExactly("hits  site", "   2  call:Gateway.charge");
        assertThat(Reports.section(report, "Ledger").stream()
                        .map(line -> line.replaceAll("[\\d.]+[mu]?s", "T").replaceAll(":\\d+$", ":LINE"))
                        .map(line -> line.replaceAll(" {3,}", "  ")))
                .anyMatch(line -> line.contains("fired: connection lost after the effect"))
                .contains("  asked was: charge(42)")
                .anyMatch(line -> line.contains("came back: connection lost for #"))
                .containsSubsequence("  ---- here the test failed ----", "#6  +T  noted: healed");
        assertThat(Reports.section(report, "Stack trace").get(0)).isEqualTo("java.lang.AssertionError: charged twice");
        assertThat(Reports.section(report, "Threads at that moment").get(0)).endsWith(", RUNNABLE, runs the test");
        assertThat(Reports.section(report, "Settings")).contains("chaos.run = run1", "chaos.seed = 77");
        assertThat(Reports.section(report, "Versions"))
                .anyMatch(line -> line.startsWith("JUnit Jupiter " + System.getProperty("expected.junit", "")))
                .anyMatch(line -> line.startsWith("JDK " + Runtime.version()));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class StruckTestCases {
        @ChaosTest
        void struck(ChaosScope scope) {
            scope.arm(new Mount("the gateway", "call", Set.of(Cut.class)));
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), new Cut(When.AFTER)));
            charge(scope, 42);
            charge(scope, 43);
            throw new AssertionError("charged twice");
        }
    }

    @Test
    void greenAndAbortedTestsLeaveNothing() {
        Inner inner = run(GreenTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(reports().files()).isEmpty();
    }

    @Tag(ChaosTags.TRANSACTION)
    static class GreenTestCases {
        @ChaosTest
        void green() {}

        @ChaosTest
        void aborted() {
            Assumptions.abort("not today");
        }
    }

    @Test
    void aFailureThatSomebodySwallowsLeavesNothing() {
        Inner inner = run(SwallowedTestCases.class);

        assertThat(inner.succeeded()).isEqualTo(1);
        assertThat(reports().files()).isEmpty();
    }

    /** Handlers are asked from the last one registered to the first. */
    @Tag(ChaosTags.TRANSACTION)
    @ExtendWith(Swallows.class)
    static class SwallowedTestCases {
        @ChaosTest
        void red() {
            throw new AssertionError("expected, and swallowed");
        }
    }

    static final class Swallows implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable thrown) {}
    }

    @Test
    void whatIsSlowToAskDoesNotMakeATimeOutOfAFailure() {
        Inner inner = run(SlowToAskTestCases.class);

        assertThat(inner.failures())
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure.getCause()).as("not a time-out").hasMessage("red at once"));
        assertThat(inner.published("armed")).as("in @AfterEach").containsExactly("false");
        assertThat(Reports.section(reports().text(), "Slow")).containsExactly("did not answer within 5s");
    }

    @Tag(ChaosTags.TRANSACTION)
    @ExtendWith(AskSomebodySlow.class)
    static class SlowToAskTestCases {
        private final Mount gateway = new Mount("the gateway", "call", Set.of(Cut.class));

        @ChaosTest
        @Timeout(4)
        void red(ChaosScope scope) {
            scope.arm(gateway);
            throw new AssertionError("red at once");
        }

        @AfterEach
        void after(TestReporter reporter) {
            reporter.publishEntry("armed", String.valueOf(gateway.armed() != null));
        }
    }

    static final class AskSomebodySlow implements BeforeEachCallback, Witness {
        @Override
        public void beforeEach(ExtensionContext context) {
            TestRound.of(context).call(this);
        }

        @Override
        public String name() {
            return "Slow";
        }

        @Override
        public List<Section> testify(Occasion occasion) throws InterruptedException {
            new CountDownLatch(1).await();
            return List.of();
        }
    }

    @Test
    void aTimeOutThatTheTestTookForAnotherFailureKeepsItsEvidence() {
        assertThat(run(DeafTestCases.class).message()).contains("timed out after 2 seconds");

        String report = reports().text();
        assertThat(report).startsWith("EvidenceTest$DeafTestCases.goesOn timed out");
        assertThat(Reports.section(report, "Threads at that moment"))
                .as("while it hung")
                .anyMatch(line -> line.contains("CountDownLatch.await"));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class DeafTestCases {
        @ChaosTest
        @Timeout(2)
        void goesOn() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException swallowed) {
                // as code does that tries again
            }
        }
    }

    @Test
    void aFailureThatCannotSayWhatItIsStaysTheFailure() {
        Inner inner = run(SpeechlessTestCases.class);

        assertThat(inner.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getCause()).isInstanceOf(Speechless.class));
        assertThat(inner.message())
                .startsWith("EvidenceTest$SpeechlessTestCases.red: Speechless: (its message can't be read: "
                        + "UnsupportedOperationException)\n");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SpeechlessTestCases {
        @ChaosTest
        void red() {
            throw new Speechless();
        }
    }

    static final class Speechless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("computed, and wrong");
        }
    }

    @Test
    void eachRoundHasAFileOfItsOwn() {
        run(TwoRoundsTestCases.class);

        assertThat(reports().files())
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("red.txt", "red-2.txt");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class TwoRoundsTestCases {
        @ChaosTest(rounds = 2)
        void red() {
            throw new AssertionError("red");
        }
    }

    @Test
    void theSameTestOnceMoreOverwritesNothing() {
        run(TwoRoundsTestCases.class);
        run(TwoRoundsTestCases.class);

        assertThat(reports().files())
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("red.txt", "red_2.txt", "red-2.txt", "red-2_2.txt");
    }

    @Test
    void aPlannedFaultThatIsMissingIsAFailureTooAndSeenBeforeTheHealing() {
        String message = run(MissingTestCases.class).message();

        assertThat(message).contains("Every planned fault must strike").contains("\n  evidence : ");
        assertThat(Reports.section(reports().text(), "Ledger"))
                .anyMatch(line -> line.endsWith("---- here the test failed ----"))
                .last()
                .asString()
                .endsWith("noted: healed");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class MissingTestCases {
        @ChaosTest
        void neverGetsThere(ChaosScope scope) {
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), new Cut(When.BEFORE)));
        }
    }

    @Test
    void failuresAroundTheTestAreSeenToo() {
        List<Throwable> failures = run(AroundTestCases.class).failures();

        assertThat(failures)
                .extracting(Throwable::getMessage)
                .allMatch(message -> message.contains("\n  evidence : "))
                .anyMatch(message -> message.startsWith("EvidenceTest$AroundTestCases.one: before\n"))
                .anyMatch(message -> message.startsWith("EvidenceTest$AroundTestCases.two: after\n"));
        assertThat(reports().files()).hasSize(2);
    }

    @Tag(ChaosTags.TRANSACTION)
    static class AroundTestCases {
        private String name = "";

        @BeforeEach
        void before(TestInfo info) {
            name = info.getTestMethod().orElseThrow().getName();
            if (name.equals("one")) {
                throw new AssertionError("before");
            }
        }

        @ChaosTest
        void one() {}

        @ChaosTest
        void two() {}

        @AfterEach
        void after() {
            if (name.equals("two")) {
                throw new AssertionError("after");
            }
        }
    }

    @Test
    void residueIsAFailureToo() {
        assertThat(run(ResidueTestCases.class).message())
                .startsWith("EvidenceTest$ResidueTestCases.forgets: ChaosException: Scope "
                        + "\"EvidenceTest$ResidueTestCases.forgets\" must leave no thing, but left one. ")
                .contains("\n  replay   : ")
                .contains("\n  evidence : ");
        assertThat(reports().files()).hasSize(1);
    }

    @Tag(ChaosTags.TRANSACTION)
    static class ResidueTestCases {
        @ChaosTest
        void forgets(ChaosScope scope) {
            scope.checkResidue("thing", () -> List.of("one"));
        }
    }

    @Test
    void aTimeOutOfJUnitsIsLookedAtBeforeTheInterrupt() {
        String message = run(SlowTestCases.class).message();

        assertThat(message).startsWith("EvidenceTest$SlowTestCases.hangs: TimeoutException: hangs");
        String report = reports().text();
        assertThat(report).startsWith("EvidenceTest$SlowTestCases.hangs timed out\n");
        assertThat(Reports.section(report, "Threads at that moment").get(0))
                .as("it still hangs")
                .matches("\".*\", WAITING for java.util.concurrent.CountDownLatch.*, runs the test");
        assertThat(Reports.section(report, "Threads at that moment"))
                .anyMatch(line -> line.contains("at dev.chaostest.junit5.EvidenceTest$SlowTestCases.hangs("));
        assertThat(Reports.section(report, "Ledger"))
                .anyMatch(line -> line.endsWith("---- here the test timed out ----"));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SlowTestCases {
        @ChaosTest
        @Timeout(2)
        void hangs() throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aTimeOutOnAThreadOfItsOwnIsLookedAtThere() {
        run(SeparateTestCases.class);

        assertThat(Reports.section(reports().text(), "Threads at that moment"))
                .anyMatch(line -> line.contains("at dev.chaostest.junit5.EvidenceTest$SeparateTestCases.hangs("))
                .first()
                .asString()
                .endsWith(", runs the test");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SeparateTestCases {
        @ChaosTest
        @Timeout(value = 2, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void hangs() throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aConfiguredTimeOutIsLookedAtToo() {
        run(ConfiguredTestCases.class, Map.of("junit.jupiter.execution.timeout.testable.method.default", "1 s"));

        assertThat(reports().text()).startsWith("EvidenceTest$ConfiguredTestCases.hangs timed out\n");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class ConfiguredTestCases {
        @ChaosTest
        void hangs() throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aDeadlockOfThreadsIsNamed() {
        run(DeadlockTestCases.class);

        assertThat(Reports.section(reports().text(), "Threads at that moment"))
                .startsWith("DEADLOCK of 2 threads:")
                .anyMatch(line -> line.matches("  \"chaos-one\", WAITING for .*ReentrantLock.*, held by \"chaos-two\""))
                .anyMatch(
                        line -> line.matches("  \"chaos-two\", WAITING for .*ReentrantLock.*, held by \"chaos-one\""));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class DeadlockTestCases {
        @ChaosTest
        @Timeout(4)
        void deadlock() throws InterruptedException {
            var first = new ReentrantLock();
            var second = new ReentrantLock();
            CyclicBarrier both = new CyclicBarrier(2);
            Thread one = locking("chaos-one", first, second, both);
            Thread two = locking("chaos-two", second, first, both);
            try {
                one.join();
            } finally {
                one.interrupt();
                two.interrupt();
            }
        }

        private static Thread locking(String name, ReentrantLock mine, ReentrantLock other, CyclicBarrier both) {
            Thread thread = new Thread(
                    () -> {
                        mine.lock();
                        try {
                            both.await();
                            other.lockInterruptibly();
                            other.unlock();
                        } catch (Exception ended) {
                            Thread.currentThread().interrupt();
                        } finally {
                            mine.unlock();
                        }
                    },
                    name);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }
    }

    @Test
    void testsThatFailTogetherDoNotMixTheirLedgers() {
        run(
                ParallelTestCases.class,
                Map.of(
                        "junit.jupiter.execution.parallel.enabled",
                        "true",
                        "junit.jupiter.execution.parallel.mode.default",
                        "concurrent",
                        "junit.jupiter.execution.parallel.config.strategy",
                        "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism",
                        "4"));

        assertThat(Reports.section(reports().text("cut"), "Ledger"))
                .anyMatch(line -> line.contains("fired: connection lost"))
                .noneMatch(line -> line.contains("delay"));
        assertThat(Reports.section(reports().text("delayed"), "Ledger"))
                .anyMatch(line -> line.contains("fired: delay"))
                .noneMatch(line -> line.contains("fired: connection lost"));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class ParallelTestCases {
        private static final CyclicBarrier BOTH = new CyclicBarrier(2);

        @ChaosTest
        void cut(ChaosScope scope) throws Exception {
            scope.arm(new Mount("one", "call", Set.of(Cut.class)));
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), new Cut(When.AFTER)));
            together(scope);
        }

        @ChaosTest
        void delayed(ChaosScope scope) throws Exception {
            scope.arm(new Mount("two", "call", Set.of(Delay.class)));
            scope.inject(Rule.of(Target.of(CHARGE), Trigger.nth(1), Delay.of(Duration.ofMillis(1))));
            together(scope);
        }

        private static void together(ChaosScope scope) throws Exception {
            BOTH.await(20, TimeUnit.SECONDS);
            charge(scope, 1);
            BOTH.await(20, TimeUnit.SECONDS);
            throw new AssertionError("red");
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenToIsALineOfTheMessage() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        String message = Inner.run(StruckTestCases.class, Map.of("chaos.report.directory", file.toString()))
                .message();

        assertThat(message)
                .contains("StruckTestCases.struck: charged twice")
                .contains("\n  evidence : not written, java.nio.file.FileSystemException: " + file);
    }

    @Test
    void jUnitGetsTheSameFile() {
        var results = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(StruckTestCases.class))
                .configurationParameter(
                        "chaos.report.directory", directory.resolve("ours").toString())
                .outputDirectoryProvider(new Into(directory.resolve("theirs")))
                .execute();

        List<Path> published = results.allEvents().fileEntryPublished().stream()
                .map((Event event) -> event.getRequiredPayload(FileEntry.class).getPath())
                .toList();
        assertThat(published).singleElement().satisfies(path -> {
            assertThat(path.getFileName()).hasToString("chaos-report.txt");
            assertThat(path).hasContent(new Reports(directory.resolve("ours")).text());
        });
    }

    private record Into(Path root) implements OutputDirectoryProvider {
        @Override
        public Path getRootDirectory() {
            return root;
        }

        @Override
        public Path createOutputDirectory(TestDescriptor test) throws IOException {
            return Files.createDirectories(root.resolve("test"));
        }
    }
}
