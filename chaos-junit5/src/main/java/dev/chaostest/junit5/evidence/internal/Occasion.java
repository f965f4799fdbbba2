// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

/** Why evidence is taken. */
public enum Occasion {
    /** Something was thrown, or a planned fault is missing. */
    FAILED,
    /** It takes too long, and is interrupted next. */
    TIMED_OUT
}
