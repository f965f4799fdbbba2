// SPDX-License-Identifier: Apache-2.0
/**
 * Doing something again, with limits; and looking at how the code under test does it.
 *
 * <p>Start with {@link dev.chaostest.retry.RetryPolicy} and {@link dev.chaostest.retry.Retry} for a retry of one's own, and
 * with {@link dev.chaostest.retry.Attempts} to check the retry that the code under test has: nothing here wraps that one.
 */
@NullMarked
package dev.chaostest.retry;

import org.jspecify.annotations.NullMarked;
