// SPDX-License-Identifier: Apache-2.0
/**
 * DataSources for tests: {@link dev.chaostest.postgres.pool.Twin} repeats one of yours with other driver properties,
 * {@link dev.chaostest.postgres.pool.DriverSettings} makes one from a URL, {@link
 * dev.chaostest.postgres.pool.TestPool} puts a pool around it. {@link dev.chaostest.postgres.pool.PoolMount} is the pool
 * seam, {@link dev.chaostest.postgres.pool.NoConnection} its failure; {@link dev.chaostest.postgres.pool.ConnectionGroup} has
 * several connections open at once. {@link dev.chaostest.postgres.pool.PoolExhauster} and {@link
 * dev.chaostest.postgres.pool.ConnectionStorm} take what there is, {@link dev.chaostest.postgres.pool.DeadConnections} die in the
 * pool, {@link dev.chaostest.postgres.pool.SessionLeaks} finds what borrowers leave.
 */
@NullMarked
package dev.chaostest.postgres.pool;

import org.jspecify.annotations.NullMarked;
