// SPDX-License-Identifier: Apache-2.0
/**
 * Branches of a database: copies of its state at now or at any past moment, snapshots, restore, and readers.
 *
 * <p>Start with {@link dev.chaostest.postgres.branch.Branches}; whether what was restored is what was meant shows
 * {@link dev.chaostest.postgres.integrity.ConsistencyMarker}.
 */
@NullMarked
package dev.chaostest.postgres.branch;

import org.jspecify.annotations.NullMarked;
