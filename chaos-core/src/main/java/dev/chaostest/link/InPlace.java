// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes at the begin of a piece that go on as they are: they stay in the array in which they came, and nothing of
 * them is copied or queued.
 */
final class InPlace {

    private byte @Nullable [] array;
    private int from;
    private int length;

    /** From now until {@link #end}, bytes may stay in this array. */
    void begin(byte[] piece, int offset) {
        array = piece;
        from = offset;
        length = 0;
    }

    /** Takes the bytes if they are what comes next in the array. */
    boolean takes(ByteBuffer bytes) {
        boolean next =
                bytes.hasArray() && bytes.array() == array && bytes.arrayOffset() + bytes.position() == from + length;
        if (next) {
            length += bytes.remaining();
            bytes.position(bytes.limit());
        }
        return next;
    }

    void end() {
        array = null;
        length = 0;
    }

    /** How many there are. */
    int length() {
        return length;
    }
}
