// SPDX-License-Identifier: Apache-2.0
/**
 * The sessions that hold locks for tests, and how the server is asked about locks.
 *
 * <p>Start with {@link dev.chaostest.postgres.lock.internal.LockSession}.
 */
@NullMarked
package dev.chaostest.postgres.lock.internal;

import org.jspecify.annotations.NullMarked;
