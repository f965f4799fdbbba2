// SPDX-License-Identifier: Apache-2.0
/**
 * What the rounds of a sweep have of a PostgreSQL: data that are as before in each round, and what judges how a round ended.
 *
 * <p>A test names {@link dev.chaostest.postgres.sweep.Sweep} only, as a parameter; {@link
 * dev.chaostest.postgres.sweep.PostgresCatalogue} says which faults are possible at a statement.
 */
@NullMarked
package dev.chaostest.postgres.sweep;

import org.jspecify.annotations.NullMarked;
