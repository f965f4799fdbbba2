// SPDX-License-Identifier: Apache-2.0
/**
 * The v3 protocol as such: where a message ends, how one is read and written, what stands behind names. It knows of no fault
 * and no round. Not API.
 *
 * <p>Start with {@link dev.chaostest.postgres.wire.protocol.internal.Framer} and {@link
 * dev.chaostest.postgres.wire.protocol.internal.Messages}.
 */
@NullMarked
package dev.chaostest.postgres.wire.protocol.internal;

import org.jspecify.annotations.NullMarked;
