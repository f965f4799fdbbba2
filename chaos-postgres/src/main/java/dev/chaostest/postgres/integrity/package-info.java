// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the data still keep the promises of their schema, and those of the application.
 *
 * <p>Start with {@link dev.chaostest.postgres.integrity.Integrity}; say what must hold besides with
 * {@link dev.chaostest.postgres.integrity.Invariant}. Constraints, indexes and triggers are taken at their word and looked at
 * row by row, since after a crash, a restore or a careless script the server itself no longer does.
 */
@NullMarked
package dev.chaostest.postgres.integrity;

import org.jspecify.annotations.NullMarked;
