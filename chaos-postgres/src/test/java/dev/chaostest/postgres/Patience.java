// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How the tests of this module wait for what must come: its length decides only when a test that hangs is red. */
public final class Patience {

    /** Far more than a machine takes on which ten others work. */
    public static final Duration LONG = Duration.ofSeconds(60);

    private Patience() {}

    /** Uncaught exceptions are another test's: they run in this JVM at the same time. */
    public static ConditionFactory await() {
        return Awaitility.await().dontCatchUncaughtExceptions().atMost(LONG);
    }

    /** As {@link #await()}; the text says what was waited for. */
    public static ConditionFactory await(String what) {
        return Awaitility.await(what).dontCatchUncaughtExceptions().atMost(LONG);
    }
}
