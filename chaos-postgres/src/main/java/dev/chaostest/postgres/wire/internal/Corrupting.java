// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.message.CorruptByte;
import java.nio.ByteBuffer;

/** Turns one bit of a message over, in a copy: the bytes may be the client's own. */
final class Corrupting {

    private static final int LENGTH_BYTES = 4;

    private Corrupting() {}

    /**
     * The bytes as they are to be, on from the mark, which is where the message begins.
     *
     * @param body where the body begins
     */
    static ByteBuffer of(Blow blow, ByteBuffer seen, int body, WireFilter filter) {
        if (!(blow.fault() instanceof CorruptByte corrupt)) {
            return seen;
        }
        ByteBuffer message = seen.duplicate().reset();
        int header = body - message.position();
        ByteBuffer copy = ByteBuffer.allocate(message.remaining()).put(message).flip();
        int begin = switch (corrupt.part()) {
            case TYPE -> 0;
            case LENGTH -> header - LENGTH_BYTES;
            case BODY -> header;
        };
        int length = corrupt.part() == CorruptByte.Part.BODY ? copy.limit() - header : LENGTH_BYTES;
        if (corrupt.nth() > length || length == 0) {
            blow.refused("the body of the message has only " + Amount.of(length, "byte") + ". Corrupt an earlier one");
            return copy.mark();
        }
        double place = blow.draw() * length;
        int at = begin + (corrupt.nth() == 0 ? (int) place : corrupt.nth() - 1);
        int bit = (int) (Byte.SIZE * (place - Math.floor(place)));
        copy.put(at, (byte) (copy.get(at) ^ 1 << bit));
        if (corrupt.part() == CorruptByte.Part.LENGTH) {
            filter.opaque();
        }
        blow.answered(corrupt.cameBack());
        return copy.mark();
    }
}
