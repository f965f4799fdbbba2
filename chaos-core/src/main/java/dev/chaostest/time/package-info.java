// SPDX-License-Identifier: Apache-2.0
/**
 * Where time comes from: the system's, or one that a test moves on by hand.
 *
 * <p>Everything in this library that looks at a clock or waits is handed a {@link dev.chaostest.time.TimeSource}, so a
 * test of sixty seconds can run in no time. {@link dev.chaostest.time.ChaosClock} is a {@link java.time.Clock} for the code
 * under test that is wrong on purpose; {@link dev.chaostest.time.Timed} says how long one call took.
 */
@NullMarked
package dev.chaostest.time;

import org.jspecify.annotations.NullMarked;
