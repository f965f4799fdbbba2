// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The array in which bytes came, while a filter looks at them: what it passes on need not be copied, and what it passes on
 * first may stay where it is. For one direction, under its lock.
 *
 * <p>A client comes with the same array again and again; so that is remembered, and nothing is made for it anew.
 */
final class Lent {

    /** A larger one may be somebody's data, which must not live longer because of us. */
    private static final int REMEMBERED_MAX = 64 << 10;

    private byte[] array = {};
    private ByteBuffer view = ByteBuffer.wrap(array);
    private boolean lent;
    private boolean mayStay;
    private int from;
    private int staying;

    /**
     * These bytes have come; the buffer is good until the next ones come.
     *
     * @param stays whether bytes may stay there, until {@link #decided}
     * @param lends whether bytes need not be copied before the array is {@linkplain #takenBack taken back}
     */
    ByteBuffer begin(byte[] piece, int offset, int length, boolean stays, boolean lends) {
        if (piece != array) { // a reference is dearer to write than to compare
            array = piece;
            view = ByteBuffer.wrap(piece);
        }
        lent = lends;
        mayStay = stays;
        from = offset;
        staying = 0;
        return view.limit(offset + length).position(offset);
    }

    /** Has the bytes stay if they are what comes next in the array; false if they can't. */
    boolean keeps(ByteBuffer bytes) {
        boolean next = mayStay && isHere(bytes) && bytes.arrayOffset() + bytes.position() == from + staying;
        if (next) {
            staying += bytes.remaining();
            bytes.position(bytes.limit());
        }
        return next;
    }

    @SuppressWarnings("ByteBufferBackingArray") // which array it is, not what is in it
    private boolean isHere(ByteBuffer bytes) {
        return bytes.hasArray() && bytes.array() == array;
    }

    /** Whether these bytes need not be copied. */
    boolean has(ByteBuffer bytes) {
        return lent && isHere(bytes);
    }

    /** The array that is lent; null if none is. */
    byte @Nullable [] array() {
        return lent ? array : null;
    }

    /** How many bytes stay where they are, at the begin. */
    int staying() {
        return staying;
    }

    /** The filter has said all about them. */
    void decided() {
        mayStay = false;
        staying = 0;
        if (!lent) {
            forgetLarge();
        }
    }

    /** Who lent the array wants it for something else. */
    void takenBack() {
        lent = false;
        forgetLarge();
    }

    private void forgetLarge() {
        if (array.length > REMEMBERED_MAX) {
            array = new byte[0];
            view = ByteBuffer.wrap(array);
        }
    }
}
