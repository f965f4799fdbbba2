// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Run;
import dev.chaostest.Settings;
import dev.chaostest.junit5.evidence.internal.ReportFiles;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all tests of one execution share: settings, seeds and the run's id. Made when the first test needs it, and
 * checked then: a wrong setting fails each test before it starts.
 */
public final class TestRun {

    private static final Logger LOG = LoggerFactory.getLogger(TestRun.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestRun.class);

    private final Settings settings;
    private final Seeds seeds;
    private final Run run;
    private final boolean dryRun;
    private final Optional<Duration> hangLimit;
    private final ReportFiles reports;

    private TestRun(Settings settings) {
        this.settings = settings;
        this.seeds = Seeds.read(settings);
        this.run = settings.get("chaos.run").map(Run::new).orElseGet(Run::random);
        this.dryRun = settings.get("chaos.dryRun").map(TestRun::isTrue).orElse(false);
        this.hangLimit = settings.get("chaos.hang-limit").map(text -> Durations.parse("chaos.hang-limit", text));
        this.reports = new ReportFiles(ReportFiles.base(settings.get("chaos.report.directory")), run.id());
        LOG.info(
                "Using seed {} in run {}",
                seeds.replay().isPresent() ? "of the replay token" : seeds.random(),
                run.id());
    }

    /** The run of this execution. */
    public static TestRun of(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(TestRun.class, key -> new TestRun(JUnitSettings.read(context)), TestRun.class);
    }

    /** The {@code chaos.*} keys. */
    public Settings settings() {
        return settings;
    }

    /** The source of unique names. */
    public Run run() {
        return run;
    }

    ReportFiles reports() {
        return reports;
    }

    List<String> describeSettings() {
        return JUnitSettings.describe(settings);
    }

    Seeds seeds() {
        return seeds;
    }

    /** Whether faults are only counted. */
    boolean isDryRun() {
        return dryRun;
    }

    /** How long a hang lasts that nothing would end; empty for the default. */
    Optional<Duration> hangLimit() {
        return hangLimit;
    }

    private static boolean isTrue(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new ChaosException("chaos.dryRun must be true or false, but was \"" + text
                        + "\". Set it to true to see where the tests could be hit, and remove it to hit them.");
        };
    }
}
