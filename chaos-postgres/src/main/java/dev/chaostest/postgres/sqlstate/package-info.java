// SPDX-License-Identifier: Apache-2.0
/**
 * The error codes of PostgreSQL, and what a failure means.
 *
 * <p>Start with {@link dev.chaostest.postgres.sqlstate.SqlFailure}, which reads the code out of whatever was thrown, and
 * {@link dev.chaostest.postgres.sqlstate.SqlStates}, the catalogue.
 */
@NullMarked
package dev.chaostest.postgres.sqlstate;

import org.jspecify.annotations.NullMarked;
