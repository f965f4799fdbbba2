// SPDX-License-Identifier: Apache-2.0
/**
 * What became of a transaction whose COMMIT got no answer, or the wrong one: read from the database, beside what the client
 * was told.
 *
 * <p>Start with {@link dev.chaostest.postgres.truth.Truth}; {@link dev.chaostest.postgres.truth.TransactionOutcome} is what it
 * finds.
 */
@NullMarked
package dev.chaostest.postgres.truth;

import org.jspecify.annotations.NullMarked;
