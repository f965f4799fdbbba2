// SPDX-License-Identifier: Apache-2.0
/**
 * What can happen to a server of ours: crashes, frozen processes, nothing left of connections, locks, memory or disk,
 * damaged files. Each is verified when it strikes and when it heals.
 *
 * <p>Start with {@link dev.chaostest.postgres.server.fault.ServerFaults}.
 */
@NullMarked
package dev.chaostest.postgres.server.fault;

import org.jspecify.annotations.NullMarked;
