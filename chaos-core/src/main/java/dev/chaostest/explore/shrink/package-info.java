// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the few faults of many that make a run red: fewer, then shorter, then earlier.
 *
 * <p>Start with {@link dev.chaostest.explore.shrink.Shrinker}, which hands out what to run next and is told what came of it;
 * {@link dev.chaostest.explore.shrink.Effort} bounds it. Knows nothing of tests, rules or threads.
 */
@NullMarked
package dev.chaostest.explore.shrink;

import org.jspecify.annotations.NullMarked;
