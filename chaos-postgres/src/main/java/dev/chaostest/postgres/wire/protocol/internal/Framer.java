// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts one direction of the stream into messages, from pieces of any size. Only as much of a message is kept as its
 * reader wants to see before it decides; the rest streams through. What passes goes on in runs as long as the piece
 * allows, not message by message, and nothing of it is copied: a round trip is a handful of messages, a COPY a million.
 *
 * <p>Source: PostgreSQL protocol, "Message Formats". What can't be a message is passed on untouched from there on.
 */
public final class Framer {

    /** A message without a type byte: only the first ones of a client. */
    public static final byte UNTYPED = 0;

    private static final int LENGTH_BYTES = 4;
    private static final int BODY_MAX = 0x4000_0000;
    private static final int UNTYPED_MAX = 10_000;

    private static final int REMEMBERED_MAX = 8 * 1024;

    /** Decides about messages. */
    public interface Reader {
        /** How many bytes of the body it must see before it decides. */
        int wanted(byte type, int bodyLength);

        /**
         * Decides, once the wanted bytes are there.
         *
         * @param seen the header and at least the wanted bytes, as far as the message has them, from the buffer's position, which is marked; may be read
         *     freely, but not kept
         * @param body where the body begins
         * @return whether the message goes on as it is
         */
        boolean isPassed(byte type, ByteBuffer seen, int body);

        /**
         * Passes whole messages that it need not be shown one by one, at once.
         *
         * @param from where the first one begins
         * @param to where the bytes end, in the midst of one perhaps
         * @return where the first one begins that is to be decided about
         */
        default int pass(byte[] bytes, int from, int to) {
            return from;
        }

        /** Whether messages of this type that follow one that passes at once pass too, and need not be shown. */
        boolean isAlike(byte type);
    }

    private final Consumer<ByteBuffer> out;
    private Reader reader;
    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final Kept kept = new Kept();
    private boolean typed;
    private boolean opaque;
    private boolean passing;
    private boolean headSaid;

    /** Nothing was passed at once when that was tried: what comes in this piece is of another kind, mostly. */
    private boolean fruitless;

    private long rest;

    /** The piece that is fed; from its position on nothing has gone on yet. */
    private ByteBuffer piece = nothing;

    /** The same bytes, for the reader. */
    private ByteBuffer seen = nothing;

    /** Where in the piece the message begins about which nothing is decided yet; what lies before passes. */
    private int next;

    /**
     * @param out gets what passes; it copies or consumes it before it returns
     * @param typed whether the first message has a type
     */
    public Framer(Reader reader, Consumer<ByteBuffer> out, boolean typed) {
        this.reader = reader;
        this.out = out;
        this.typed = typed;
    }

    /** From now on somebody else decides; a message that is there in part only is his, too. */
    public void readBy(Reader now) {
        if (reader != now) {
            reader = now;
        }
    }

    /** For a reader that decides: it has said by itself what it saw of the message, of which only the rest passes. */
    public void headSaid() {
        headSaid = true;
    }

    /** From the next message on, each has a type. */
    public void typed() {
        typed = true;
    }

    /** From now on nothing is understood any more. */
    public void opaque() {
        opaque = true;
    }

    public boolean isOpaque() {
        return opaque;
    }

    /** Whether all that was fed is whole messages. */
    public boolean isBetweenMessages() {
        return rest == 0 && kept.length() == 0;
    }

    public void feed(ByteBuffer in) {
        look(in);
        next = in.position();
        fruitless = false;
        while (next < in.limit()) {
            if (opaque) {
                passAll();
            } else if (rest > 0) {
                stream();
            } else if (kept.length() > 0) {
                gather();
            } else if (!isAllPassed()) {
                direct();
            }
        }
        flush();
        next = 0;
        if (in.capacity() > REMEMBERED_MAX) {
            look(nothing);
        }
    }

    /** A mount that comes with the same buffer again need not be read by a new one. */
    @SuppressWarnings("ReferenceEquality") // the same bytes may be elsewhere
    private void look(ByteBuffer in) {
        if (piece != in) {
            piece = in;
            seen = in.duplicate();
        }
    }

    /** Has all go on that passed so far. Who says something of its own must ask for it first. */
    public void flush() {
        int from = piece.position();
        if (next > from) {
            int limit = piece.limit();
            out.accept(piece.limit(next));
            piece.limit(limit).position(next);
        }
    }

    private void passAll() {
        if (kept.length() > 0) {
            out.accept(kept.take());
        }
        next = piece.limit();
    }

    /** Goes on by what is there of a message that has been decided about. */
    private void stream() {
        int length = (int) Math.min(rest, piece.limit() - next);
        rest -= length;
        if (passing) {
            next += length;
        } else {
            skip(length);
        }
    }

    private void skip(int length) {
        flush();
        next += length;
        piece.position(next);
    }

    /** Lets go on what its reader passes at once; answers whether nothing is left. */
    private boolean isAllPassed() {
        if (typed && !fruitless && piece.hasArray()) {
            int offset = piece.arrayOffset();
            int from = next;
            next = reader.pass(piece.array(), offset + next, offset + piece.limit()) - offset;
            fruitless = next == from;
        }
        return next == piece.limit();
    }

    /** All that is wanted lies in this piece: nothing is copied. */
    private void direct() {
        int header = header();
        int there = piece.limit() - next;
        if (there < header) {
            keep(there);
            return;
        }
        byte type = type(piece, next);
        int body = bodyLength(piece, next);
        if (isLost(body)) {
            return;
        }
        int needed = header + Math.min(body, reader.wanted(type, body));
        if (there < needed) {
            keep(there);
            return;
        }
        seen.limit(next + needed).position(next).mark();
        passing = reader.isPassed(type, seen, next + header);
        rest = (long) header + body;
        if (isHeadSaid()) {
            rest -= needed;
            skip(needed);
            passing = true;
        }
        stream();
        if (passing && next < piece.limit() && piece.get(next) == type && reader.isAlike(type)) {
            passAlike(type);
        }
    }

    private boolean isHeadSaid() {
        boolean said = headSaid;
        headSaid = false;
        return said;
    }

    /** Rows come by the million, and asking about each would cost as much as the driver takes to read it. */
    private void passAlike(byte type) {
        int last = piece.limit() - header();
        while (next <= last && piece.get(next) == type) {
            int body = bodyLength(piece, next);
            if (body < 0 || body > last - next) {
                return;
            }
            next += header() + body;
        }
    }

    private void keep(int length) {
        kept.add(piece, next, length);
        skip(length);
    }

    /** A message that began in an earlier piece: takes what is wanted of it and no more. */
    private void gather() {
        int header = header();
        keepUpTo(header);
        if (kept.length() < header) {
            return;
        }
        ByteBuffer seen = kept.look();
        byte type = type(seen, 0);
        int body = bodyLength(seen, 0);
        if (isLost(body)) {
            passAll(); // here, since nothing more may come
            return;
        }
        int needed = header + Math.min(body, reader.wanted(type, body));
        keepUpTo(needed);
        if (kept.length() >= needed) { // more, if the one who read before wanted more
            rest = (long) header + body - kept.length();
            decide(type, kept.take(), header);
        }
    }

    private void keepUpTo(int wanted) {
        keep(Math.min(Math.max(wanted - kept.length(), 0), piece.limit() - next));
    }

    private void decide(byte type, ByteBuffer seen, int body) {
        passing = reader.isPassed(type, seen.mark(), body);
        if (isHeadSaid()) {
            passing = true;
        } else if (passing) {
            out.accept(seen.rewind());
        }
    }

    private int header() {
        return typed ? LENGTH_BYTES + 1 : LENGTH_BYTES;
    }

    private boolean isLost(int body) {
        opaque = body < 0 || body > (typed ? BODY_MAX : UNTYPED_MAX);
        return opaque;
    }

    private byte type(ByteBuffer bytes, int at) {
        return typed ? bytes.get(at) : UNTYPED;
    }

    private int bodyLength(ByteBuffer bytes, int at) {
        return bytes.getInt(at + header() - LENGTH_BYTES) - LENGTH_BYTES;
    }
}
