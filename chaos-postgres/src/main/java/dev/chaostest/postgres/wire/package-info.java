// SPDX-License-Identifier: Apache-2.0
/**
 * The wire seam: the statements of a PostgreSQL client as sites, and faults carried out at a chosen message.
 *
 * <p>Start with {@link dev.chaostest.postgres.wire.WireMount}, which names a DataSource; {@link
 * dev.chaostest.postgres.wire.SqlTarget} says where, {@link dev.chaostest.postgres.wire.ServerError}, {@link
 * dev.chaostest.plan.Delay} and {@link dev.chaostest.plan.Cut} say what. {@link dev.chaostest.postgres.wire.ForcedRetry} has
 * the next transactions fail, {@link dev.chaostest.postgres.wire.SlowStatement} has the server take its time.
 */
@NullMarked
package dev.chaostest.postgres.wire;

import org.jspecify.annotations.NullMarked;
