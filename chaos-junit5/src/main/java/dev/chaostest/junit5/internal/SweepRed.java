// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

/** What an oracle of a sweep found; its lines are in the report. */
final class SweepRed extends AssertionError {
    private static final long serialVersionUID = 1L;

    SweepRed(String message) {
        super(message);
    }
}
