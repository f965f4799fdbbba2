// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * How many rounds of a sweep there are in a second, through JUnit, all of a round included: from the begin of one to the begin
 * of the next. Rounds that lose their connection are counted apart: HikariCP makes at most one in 30 ms.
 *
 * <p>The same sweep is run in the same JVM again and again; each line is one run. Not JMH: it runs other code in one JVM.
 */
public final class SweepRounds {

    private static final int RUNS = 20;
    private static final List<String> LOSING = List.of("connection lost", "57P01", "reply lost");

    private SweepRounds() {}

    /** Runs the sweep 20 times, or as often as the first argument says. */
    public static void main(String... arguments) {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : RUNS;
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(SweptTransfer.class))
                .build();
        Launcher launcher = LauncherFactory.create();
        Watch watch = new Watch();
        IntStream.range(0, runs).forEach(run -> {
            launcher.execute(request, watch);
            System.out.println(watch.line());
        });
    }

    /** Times rounds. */
    private static final class Watch implements TestExecutionListener {

        private final List<Long> kept = new ArrayList<>();
        private final List<Long> lost = new ArrayList<>();
        private String last = "";
        private long begun;
        private int red;

        @Override
        public void executionStarted(TestIdentifier started) {
            if (!started.isTest()) {
                return;
            }
            long now = System.nanoTime();
            if (last.startsWith("#")) {
                (LOSING.stream().anyMatch(last::contains) ? lost : kept).add(now - begun);
            }
            last = started.getDisplayName();
            begun = now;
        }

        @Override
        public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
            red += result.getStatus() == TestExecutionResult.Status.FAILED ? 1 : 0;
        }

        String line() {
            String line = String.format(
                    Locale.ROOT,
                    "%3d rounds, %6.1f a second; %3d that lose their connection, %6.1f a second; %d red; %s",
                    kept.size(),
                    perSecond(kept),
                    lost.size(),
                    perSecond(lost),
                    red,
                    last);
            kept.clear();
            lost.clear();
            last = "";
            red = 0;
            return line;
        }

        private static double perSecond(List<Long> nanos) {
            long all = nanos.stream().mapToLong(Long::longValue).sum();
            return all == 0 ? 0 : nanos.size() * (double) Duration.ofSeconds(1).toNanos() / all;
        }
    }
}
