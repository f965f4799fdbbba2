// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster of our own: a primary and its hot standbys, what can happen to it, and what was lost by that.
 *
 * <p>Start with {@link dev.chaostest.postgres.cluster.PostgresCluster}; count with
 * {@link dev.chaostest.postgres.cluster.AcknowledgedWrites}.
 */
@NullMarked
package dev.chaostest.postgres.cluster;

import org.jspecify.annotations.NullMarked;
