// SPDX-License-Identifier: Apache-2.0
/**
 * Load on a database, as pgbench makes it: many clients that transfer money or look up balances, with an invariant that tells
 * whether any was lost.
 *
 * <p>Start with {@link dev.chaostest.postgres.load.LoadTables}, which makes the tables, and {@link
 * dev.chaostest.postgres.load.PgLoad}, which runs the clients; {@link dev.chaostest.postgres.load.SeededTables} are plain rows
 * in bulk, {@link dev.chaostest.postgres.load.PgBench} is the tool itself, where it is installed.
 */
@NullMarked
package dev.chaostest.postgres.load;

import org.jspecify.annotations.NullMarked;
