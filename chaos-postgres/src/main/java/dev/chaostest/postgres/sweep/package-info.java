// SPDX-License-Identifier: Apache-2.0
/**
 * What a sweep does on a PostgreSQL: which faults it can try, data that are as before in each round, and what judges how a
 * round ended.
 *
 * <p>A test names {@link dev.chaostest.postgres.sweep.Sweep} only, as a parameter; which faults are possible at a statement is
 * said by {@link dev.chaostest.postgres.sweep.PostgresCatalogue}.
 */
@NullMarked
package dev.chaostest.postgres.sweep;

import org.jspecify.annotations.NullMarked;
