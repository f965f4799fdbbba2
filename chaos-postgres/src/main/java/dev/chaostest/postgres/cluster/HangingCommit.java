// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

/**
 * Describes a session whose commit is on the primary's disk, and waits for a standby to have it, too.
 *
 * <p>Nobody else sees the transaction yet. {@code pg_blocking_pids} shows nothing: it is no lock that it waits for.
 *
 * <p>Immutable.
 *
 * @param pid of its backend
 * @param query what it runs
 * @since 0.1
 */
public record HangingCommit(long pid, String query) {}
