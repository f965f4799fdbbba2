// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What is under way in one direction: bytes, or a signal behind them.
 *
 * @param chunk the bytes; null for a signal
 * @param signal the signal; null for bytes
 * @param due when it goes on
 */
record Piece(@Nullable Chunk chunk, @Nullable Signal signal, long due) {

    /** What a piece takes beside its bytes, so that many small ones are bounded too. */
    private static final long OVERHEAD = 96;

    long size() {
        return OVERHEAD + (chunk == null ? 0 : chunk.length());
    }
}
