// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.Reportable;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.PeriodicMonitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scope owns has a part in the report of a red test. */
@Timeout(120)
class ReportableTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private String reportOf(Class<?> testCases) {
        Inner inner = Inner.run(testCases, Map.of("chaos.report.directory", directory.toString()));
        assertThat(inner.message()).contains("\n  evidence : ");
        return new Reports(directory).text();
    }

    @Test
    void theTimelineOfAMonitorIsInTheReport() {
        String report = reportOf(WatchedTestCases.class);

        assertThat(Reports.section(report, "Monitor queue depth"))
                .containsExactly(
                        "+0us  1", "+1s to +2s  7 (2 samples)", "+3s  threw java.lang.IllegalStateException: gone");
        assertThat(report.indexOf("Monitor queue depth"))
                .as("above the ledger")
                .isBetween(0, report.indexOf("\nLedger\n"));
    }

    @Tag(ChaosTags.TRANSACTION)
    static class WatchedTestCases {
        private final VirtualTime time = new VirtualTime();
        private final AtomicInteger depth = new AtomicInteger(1);

        @ChaosTest
        void red(ChaosScope scope) throws InterruptedException {
            scope.own("queue depth", PeriodicMonitor.start("queue depth", this::depth, SECOND, time));
            for (int next : List.of(7, 7, -1)) {
                time.awaitTimers(1, LONG);
                depth.set(next);
                time.advance(SECOND);
            }
            time.awaitTimers(1, LONG);
            throw new AssertionError("the queue grew");
        }

        private int depth() {
            if (depth.get() < 0) {
                throw new IllegalStateException("gone");
            }
            return depth.get();
        }
    }

    @Test
    void itIsThereAtATimeOutToo() {
        String report = reportOf(SlowTestCases.class);

        assertThat(report).startsWith("ReportableTest$SlowTestCases.hangs timed out\n");
        assertThat(Reports.section(report, "Monitor queue depth")).containsExactly("+0us  3");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SlowTestCases {
        @ChaosTest
        @Timeout(4)
        void hangs(ChaosScope scope) throws InterruptedException {
            VirtualTime time = new VirtualTime();
            scope.own("queue depth", PeriodicMonitor.start("queue depth", () -> 3, SECOND, time));
            time.awaitTimers(1, LONG);
            new CountDownLatch(1).await();
        }
    }

    @Test
    void onePartThatCannotBeToldIsALine() {
        String report = reportOf(SpeechlessTestCases.class);

        assertThat(Reports.section(report, "Speechless"))
                .containsExactly("could not be asked: java.lang.IllegalStateException: no");
        assertThat(Reports.section(report, "Stack trace").get(0)).isEqualTo("java.lang.AssertionError: red");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SpeechlessTestCases {
        @ChaosTest
        void red(ChaosScope scope) {
            scope.own("speechless", new Speechless());
            throw new AssertionError("red");
        }
    }

    static final class Speechless implements AutoCloseable, Reportable {
        @Override
        public String title() {
            return "Nothing";
        }

        @Override
        public List<String> lines() {
            throw new IllegalStateException("no");
        }

        @Override
        public void close() {}
    }
}
