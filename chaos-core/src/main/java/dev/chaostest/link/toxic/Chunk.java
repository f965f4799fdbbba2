// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Some bytes on their way through a link. They belong to whoever holds them.
 *
 * <p>For use by one thread at a time.
 *
 * @since 0.1
 */
public final class Chunk {

    private final byte[] bytes;
    private final int from;
    private final int length;

    private Chunk(byte[] bytes, int from, int length) {
        this.bytes = bytes;
        this.from = from;
        this.length = length;
    }

    /** The first so many of these bytes, copied. */
    public static Chunk copyOf(byte[] bytes, int length) {
        return copyOf(bytes, 0, length);
    }

    /**
     * Some of these bytes, copied.
     *
     * @param from the first byte
     * @param length how many, so that they are all there
     */
    public static Chunk copyOf(byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        return new Chunk(Arrays.copyOfRange(bytes, from, from + length), 0, length);
    }

    /** How many bytes. */
    public int length() {
        return length;
    }

    /**
     * A part of these bytes; copied if it is small, so that a few bytes on their way don't keep many in memory.
     *
     * @param begin the first byte, from 0
     * @param end behind the last byte, at most the length
     */
    public Chunk part(int begin, int end) {
        Objects.checkFromToIndex(begin, end, length);
        int size = end - begin;
        return size < bytes.length / 2
                ? new Chunk(Arrays.copyOfRange(bytes, from + begin, from + end), 0, size)
                : new Chunk(bytes, from + begin, size);
    }

    /**
     * Turns one bit over.
     *
     * @param index which byte, from 0
     * @param bit which of its bits, 0 to 7
     */
    public void flip(int index, int bit) {
        Objects.checkIndex(index, length);
        bytes[from + index] ^= (byte) (1 << bit);
    }

    /** Writes the bytes. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, from, length);
    }
}
