// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts one direction of the stream into messages, from pieces of any size. Only as much of a message is kept as its
 * reader wants to see before it decides; the rest streams through.
 *
 * <p>Source: PostgreSQL protocol, "Message Formats". What can't be a message is passed on untouched from there on.
 */
final class Framer {

    /** A message without a type byte: only the first ones of a client. */
    static final byte UNTYPED = 0;

    private static final int LENGTH_BYTES = 4;
    private static final int BODY_MAX = 0x4000_0000;
    private static final int UNTYPED_MAX = 10_000;

    /** Decides about messages. */
    interface Reader {
        /** How many bytes of the body it must see before it decides. */
        int wanted(byte type, int bodyLength);

        /**
         * Decides, once the wanted bytes are there.
         *
         * @param seen the header and at least the wanted bytes, from the buffer's position; may be read freely
         * @param body where the body begins
         * @return whether the message goes on as it is
         */
        boolean isPassed(byte type, ByteBuffer seen, int body);
    }

    private final Reader reader;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean typed;
    private boolean opaque;
    private boolean passing;
    private long rest;

    Framer(Reader reader, boolean typed) {
        this.reader = reader;
        this.typed = typed;
    }

    /** From the next message on, each has a type. */
    void typed() {
        typed = true;
    }

    /** From now on nothing is understood any more. */
    void opaque() {
        opaque = true;
    }

    void feed(ByteBuffer in, Consumer<ByteBuffer> out) {
        while (in.hasRemaining()) {
            if (opaque) {
                flush(out);
                out.accept(in);
                return;
            }
            if (rest > 0) {
                stream(in, out);
            } else if (kept.size() == 0) {
                direct(in, out);
            } else {
                gather(in, out);
            }
        }
    }

    private void flush(Consumer<ByteBuffer> out) {
        if (kept.size() > 0) {
            out.accept(ByteBuffer.wrap(kept.toByteArray()));
            kept.reset();
        }
    }

    private void stream(ByteBuffer in, Consumer<ByteBuffer> out) {
        ByteBuffer part = next(in, (int) Math.min(rest, in.remaining()));
        rest -= part.remaining();
        if (passing) {
            out.accept(part);
        }
    }

    /** All that is wanted lies in this piece: nothing is copied. */
    private void direct(ByteBuffer in, Consumer<ByteBuffer> out) {
        int needed = needed(in);
        if (!opaque && (needed < 0 || in.remaining() < needed)) {
            gather(in, out);
        } else if (!opaque) {
            decide(next(in, needed), out);
        }
    }

    private void gather(ByteBuffer in, Consumer<ByteBuffer> out) {
        int needed = needed(ByteBuffer.wrap(kept.toByteArray()));
        int missing = (needed < 0 ? header() : needed) - kept.size();
        ByteBuffer part = next(in, Math.min(missing, in.remaining()));
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        kept.writeBytes(copy);
        ByteBuffer seen = ByteBuffer.wrap(kept.toByteArray());
        needed = needed(seen);
        if (!opaque && needed >= 0 && seen.remaining() >= needed) {
            kept.reset();
            decide(seen, out);
        }
    }

    private int header() {
        return typed ? LENGTH_BYTES + 1 : LENGTH_BYTES;
    }

    /** How many bytes must be there to decide; -1 while even the length is not. */
    private int needed(ByteBuffer seen) {
        if (seen.remaining() < header()) {
            return -1;
        }
        int body = bodyLength(seen);
        if (body < 0 || body > (typed ? BODY_MAX : UNTYPED_MAX)) {
            opaque = true;
            return -1;
        }
        return header() + Math.min(body, reader.wanted(type(seen), body));
    }

    private byte type(ByteBuffer seen) {
        return typed ? seen.get(seen.position()) : UNTYPED;
    }

    private int bodyLength(ByteBuffer seen) {
        return seen.getInt(seen.position() + header() - LENGTH_BYTES) - LENGTH_BYTES;
    }

    private void decide(ByteBuffer seen, Consumer<ByteBuffer> out) {
        int header = header();
        rest = (long) header + bodyLength(seen) - seen.remaining();
        passing = reader.isPassed(type(seen), seen.slice(), header);
        if (passing) {
            out.accept(seen);
        }
    }

    private static ByteBuffer next(ByteBuffer in, int length) {
        ByteBuffer part = in.duplicate();
        part.limit(in.position() + length);
        in.position(in.position() + length);
        return part;
    }
}
