// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.FaultUnavailableException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** What a test is told whose fault this machine can't have: that it shows nothing, neither green nor red. */
final class Unavailable {

    private Unavailable() {}

    /** What to throw instead; the same, unless it is about such a fault, and such tests are to be skipped. */
    static Throwable told(Throwable thrown, ExtensionContext context) {
        if (!(thrown instanceof FaultUnavailableException)) {
            return thrown;
        }
        boolean fails = TestRun.of(context)
                .settings()
                .get("chaos.requires")
                .filter("fail"::equals)
                .isPresent();
        return fails ? thrown : new TestAbortedException(thrown.getMessage(), thrown);
    }
}
