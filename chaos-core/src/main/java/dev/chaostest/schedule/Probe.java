// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import org.jspecify.annotations.Nullable;

/**
 * What a victim said when it was asked.
 *
 * @param problem what it threw instead of an answer, which is as good as no
 */
record Probe(boolean isUp, @Nullable Throwable problem) {

    static Probe of(Victim victim) {
        try {
            return new Probe(victim.isUp(), null);
        } catch (Exception | AssertionError e) { // a probe may assert
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Probe(false, e);
        }
    }
}
