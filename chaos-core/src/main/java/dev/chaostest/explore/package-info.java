// SPDX-License-Identifier: Apache-2.0
/**
 * Sweeps: every point at which a test can be hit, with every fault that is possible there, one round after the other.
 *
 * <p>Knows no SQL and no test framework. Start with {@link dev.chaostest.explore.Sweeping}, which hands out the rounds and takes
 * their outcomes; a {@link dev.chaostest.explore.Catalogue} says what is possible at a {@link dev.chaostest.explore.Point}.
 */
@NullMarked
package dev.chaostest.explore;

import org.jspecify.annotations.NullMarked;
