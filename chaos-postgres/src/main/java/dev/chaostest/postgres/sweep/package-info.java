// SPDX-License-Identifier: Apache-2.0
/**
 * What a sweep can try on a PostgreSQL, and what tells whether a round went right.
 *
 * <p>Start with {@link dev.chaostest.postgres.sweep.PostgresCatalogue}, which says which faults are possible at a statement.
 */
@NullMarked
package dev.chaostest.postgres.sweep;

import org.jspecify.annotations.NullMarked;
