// SPDX-License-Identifier: Apache-2.0
/**
 * Where the PostgreSQL for tests comes from.
 *
 * <p>{@link dev.chaostest.postgres.PostgresSupply} chooses it, {@link dev.chaostest.postgres.Postgres} describes it.
 */
@NullMarked
package dev.chaostest.postgres;

import org.jspecify.annotations.NullMarked;
