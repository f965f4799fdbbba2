// SPDX-License-Identifier: Apache-2.0
/**
 * The error codes of PostgreSQL.
 *
 * <p>Start with {@link dev.chaostest.postgres.sqlstate.SqlState}.
 */
@NullMarked
package dev.chaostest.postgres.sqlstate;

import org.jspecify.annotations.NullMarked;
