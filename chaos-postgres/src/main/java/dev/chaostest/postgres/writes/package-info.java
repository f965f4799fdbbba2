// SPDX-License-Identifier: Apache-2.0
/**
 * What a test wrote, read from the server's own log: each committed transaction with its rows, across tables, in the order of
 * the commits.
 *
 * <p>Start with {@link dev.chaostest.postgres.writes.WriteLog}, which hands out a
 * {@link dev.chaostest.postgres.writes.Writes} for each test. What is read costs as much as what was written, whatever the
 * size of the tables.
 */
@NullMarked
package dev.chaostest.postgres.writes;

import org.jspecify.annotations.NullMarked;
