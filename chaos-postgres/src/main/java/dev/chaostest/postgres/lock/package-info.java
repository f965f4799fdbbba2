// SPDX-License-Identifier: Apache-2.0
/**
 * Locks held on purpose, who waits for them, deadlocks with a chosen victim, and lock orders that could deadlock.
 *
 * <p>Start with {@link dev.chaostest.postgres.lock.Locks} and {@link dev.chaostest.postgres.lock.LockRequest}; {@link
 * dev.chaostest.postgres.lock.Deadlocks} makes deadlocks.
 */
@NullMarked
package dev.chaostest.postgres.lock;

import org.jspecify.annotations.NullMarked;
