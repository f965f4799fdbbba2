// SPDX-License-Identifier: Apache-2.0
/**
 * What a PostgreSQL is doing now: sessions, locks, and who waits for whom.
 *
 * <p>Start with {@link dev.chaostest.postgres.monitor.ServerState}.
 */
@NullMarked
package dev.chaostest.postgres.monitor;

import org.jspecify.annotations.NullMarked;
