// SPDX-License-Identifier: Apache-2.0
/**
 * The annotations for tests against a PostgreSQL; they need {@code chaos-postgres} on the class path.
 *
 * <p>For the first test: {@link dev.chaostest.junit5.postgres.PostgresTest} on the class,
 * {@link dev.chaostest.junit5.postgres.IsolatedSchema} and {@link dev.chaostest.junit5.postgres.ChaosFailure} on the
 * method.
 */
@NullMarked
package dev.chaostest.junit5.postgres;

import org.jspecify.annotations.NullMarked;
