// SPDX-License-Identifier: Apache-2.0
/**
 * The filter of one connection: what it has seen, what the server owes it, and how each fault is carried out. Not API.
 *
 * <p>Start with {@link dev.chaostest.postgres.wire.internal.WireFilter}, through which the bytes go; {@link
 * dev.chaostest.postgres.wire.internal.Frontend} and {@link dev.chaostest.postgres.wire.internal.Backend} read one direction each, {@link
 * dev.chaostest.postgres.wire.internal.Session} is what both know.
 */
@NullMarked
package dev.chaostest.postgres.wire.internal;

import org.jspecify.annotations.NullMarked;
