// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs test cases inside a test, and looks at what came of them. */
public record Inner(EngineExecutionResults results) {

    /** Runs a class of test cases with these settings. */
    public static Inner run(Class<?> testCases, Map<String, String> settings) {
        EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter").selectors(selectClass(testCases));
        kit.configurationParameter("chaos.failing-first", "false"); // what is red on purpose stays so
        settings.forEach(kit::configurationParameter);
        return new Inner(kit.execute());
    }

    /** Runs a class of test cases with the defaults. */
    public static Inner run(Class<?> testCases) {
        return run(testCases, Map.of());
    }

    /** How many tests were green. */
    public long succeeded() {
        return results.testEvents().succeeded().count();
    }

    /** What the red tests and containers threw. */
    public List<Throwable> failures() {
        return results.allEvents().failed().stream().map(Inner::thrown).toList();
    }

    /** What the aborted tests threw. */
    public List<Throwable> aborted() {
        return results.testEvents().aborted().stream().map(Inner::thrown).toList();
    }

    /** The names of the tests that were run, in order. */
    public List<String> names() {
        return results.testEvents().started().stream()
                .map(event -> event.getTestDescriptor().getDisplayName())
                .toList();
    }

    /** Why tests were skipped. */
    public List<String> skipped() {
        return results.testEvents().skipped().stream()
                .map(event -> event.getRequiredPayload(String.class))
                .toList();
    }

    /** The message of the only failure. */
    public String message() {
        List<Throwable> failures = failures();
        if (failures.size() != 1) {
            throw new AssertionError("one test must fail, but these did: " + failures);
        }
        return failures.get(0).getMessage();
    }

    /** What was published under a key, in order. */
    public List<String> published(String key) {
        return results.allEvents().reportingEntryPublished().stream()
                .map(event -> event.getRequiredPayload(ReportEntry.class))
                .map(entry -> entry.getKeyValuePairs().get(key))
                .filter(value -> value != null)
                .toList();
    }

    private static Throwable thrown(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }
}
