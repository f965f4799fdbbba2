// SPDX-License-Identifier: Apache-2.0
/**
 * Says what became of a whole schema: which rows, tables, sequences and definitions are different, across all tables at
 * one moment.
 *
 * <p>A user names {@link dev.chaostest.postgres.snapshot.SchemaSnapshots}; for work that must leave nothing behind,
 * {@link dev.chaostest.postgres.snapshot.Rollback}; for migrations,
 * {@link dev.chaostest.postgres.snapshot.SchemaFingerprint}.
 */
@NullMarked
package dev.chaostest.postgres.snapshot;

import org.jspecify.annotations.NullMarked;
