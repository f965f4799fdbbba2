// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The begin of a message whose wanted bytes are not all there yet. */
final class Kept {

    private static final int FIRST_CAPACITY = 64;
    private static final int LASTING_MAX = 8 * 1024;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length;

    /** Copies so many bytes behind what is there. */
    void add(ByteBuffer from, int at, int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        }
        from.get(at, bytes, length, count);
        length += count;
    }

    int length() {
        return length;
    }

    ByteBuffer look() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** What is kept of a large message is given away: the next one is small again. */
    ByteBuffer take() {
        ByteBuffer taken = look();
        length = 0;
        if (bytes.length > LASTING_MAX) {
            bytes = new byte[FIRST_CAPACITY];
        }
        return taken;
    }
}
