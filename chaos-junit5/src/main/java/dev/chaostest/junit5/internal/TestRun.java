// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Run;
import dev.chaostest.Settings;
import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.junit5.evidence.internal.ReportFiles;
import dev.chaostest.plan.ChaosException;
import java.nio.file.Path;
import java.util.List;
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

    private static final int SHRINKING = 50;

    private final Settings settings;
    private final Seeds seeds;
    private final Run run;
    private final boolean dryRun;
    private final HangLimits hangLimits;
    private final ReportFiles reports;
    private final FailingTokens failing;
    private final int shrinking;

    private TestRun(Settings settings) {
        this.settings = settings;
        this.seeds = Seeds.read(settings);
        this.run = settings.get("chaos.run").map(Run::new).orElseGet(Run::random);
        this.dryRun = settings.get("chaos.dryRun").map(TestRun::isTrue).orElse(false);
        this.hangLimits = HangLimits.read(settings);
        Path base = ReportFiles.base(settings.get("chaos.report.directory"));
        this.reports = new ReportFiles(base, run.id());
        this.failing = new FailingTokens(
                base, settings.get("chaos.failing-first").map(TestRun::isFirst).orElse(true));
        this.shrinking = settings.get("chaos.shrink").map(TestRun::runs).orElse(SHRINKING);
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

    /** The tokens of red tests of earlier executions, and of this one for later ones. */
    FailingTokens failing() {
        return failing;
    }

    /** How many runs may go into finding the guilty ones of many faults. */
    int shrinking() {
        return shrinking;
    }

    /** Whether somebody has asked for just that. */
    boolean isShrinkingSet() {
        return settings.get("chaos.shrink").isPresent();
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

    private static boolean isFirst(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new ChaosException("chaos.failing-first must be true or false, but was \"" + text
                        + "\". Set it to false to keep and run no red rounds of earlier runs.");
        };
    }

    private static int runs(String text) {
        if (!text.matches("[0-9]{1,4}|10000")) {
            throw new ChaosException("chaos.shrink must be a number of runs from 0 to 10000, but was \"" + text
                    + "\". Remove it for " + SHRINKING + ", or set it to 0 to leave red rounds as they are.");
        }
        return Integer.parseInt(text);
    }

    /** How long a hang lasts that nothing would end. */
    HangLimits hangLimits() {
        return hangLimits;
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
