// SPDX-License-Identifier: Apache-2.0
/**
 * The wire seam: the statements of a PostgreSQL client as sites, and faults carried out at a chosen message.
 *
 * <p>Start with {@link dev.chaostest.postgres.wire.WireMount}, which names a DataSource; {@link
 * dev.chaostest.postgres.wire.SqlTarget} says where, {@link dev.chaostest.postgres.wire.ServerError}, {@link
 * dev.chaostest.plan.Delay} and {@link dev.chaostest.plan.Cut} say what.
 */
@NullMarked
package dev.chaostest.postgres.wire;

import org.jspecify.annotations.NullMarked;
