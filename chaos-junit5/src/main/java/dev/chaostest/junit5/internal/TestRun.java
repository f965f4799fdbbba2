// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Run;
import dev.chaostest.Settings;
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

    private TestRun(Settings settings) {
        this.settings = settings;
        this.seeds = Seeds.read(settings);
        this.run = settings.get("chaos.run").map(Run::new).orElseGet(Run::random);
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

    Seeds seeds() {
        return seeds;
    }
}
