// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.link.toxic.Signal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is still to go in one direction, in order. Not safe for use by many threads: the duplex guards it. Only {@link
 * #isEmpty} may be asked by anybody.
 */
final class Backlog {

    private sealed interface Item permits Piece, Late, Wait, End {}

    /** Bytes to go. A view while it points into the caller's array, until {@link Backlog#own}. */
    static final class Piece implements Item {
        private byte[] array;
        private int from;
        private int to;

        private Piece(byte[] array, int from, int to) {
            this.array = array;
            this.from = from;
            this.to = to;
        }

        byte[] array() {
            return array;
        }

        int from() {
            return from;
        }

        int length() {
            return to - from;
        }
    }

    /** Bytes that are made in their turn. */
    private record Late(Supplier<ByteBuffer> bytes) implements Item {}

    private record Wait(Hold hold) implements Item {}

    private record End() implements Item {}

    private final Lent lent;
    private final Deque<Item> items = new ArrayDeque<>();
    private volatile boolean empty = true;
    private int bytes;
    private @Nullable Signal last;

    /** @param lent what need not be copied until {@link #own} */
    Backlog(Lent lent) {
        this.lent = lent;
    }

    void add(ByteBuffer buffer) {
        int length = buffer.remaining();
        if (last != null || length == 0) {
            return;
        }
        bytes += length;
        if (lent.has(buffer)) {
            addView(buffer.array(), buffer.arrayOffset() + buffer.position(), length);
            buffer.position(buffer.limit());
        } else {
            byte[] copy = new byte[length];
            buffer.get(copy);
            append(new Piece(copy, 0, length));
        }
    }

    private void addView(byte[] array, int from, int length) {
        if (items.peekLast() instanceof Piece last && last.array == array && last.to == from) {
            last.to += length;
        } else {
            append(new Piece(array, from, from + length));
        }
    }

    void add(Supplier<ByteBuffer> late) {
        if (last == null) {
            append(new Late(late));
        }
    }

    private void append(Item item) {
        items.add(item);
        empty = false;
    }

    private void removeFirst() {
        items.removeFirst();
        empty = items.isEmpty();
    }

    void add(Hold hold) {
        if (last != null) {
            hold.abandon(); // or whoever made it would wait for its end
        } else {
            append(new Wait(hold));
        }
    }

    /** Nothing that comes later goes this way. */
    void end(Signal how) {
        if (last == null) {
            last = how;
            append(new End());
        }
    }

    /** How it was ended; null if it was not. */
    @Nullable
    Signal last() {
        return last;
    }

    /** Copies what still points into the caller's array: the caller takes it back. */
    void own() {
        byte[] borrowed = lent.array();
        for (Item item : items) {
            if (item instanceof Piece piece && piece.array == borrowed) {
                piece.array = Arrays.copyOfRange(piece.array, piece.from, piece.to);
                piece.to -= piece.from;
                piece.from = 0;
            }
        }
        lent.takenBack();
    }

    boolean isEmpty() {
        return empty;
    }

    int bytes() {
        return bytes;
    }

    /** Whether an unfinished hold is next. */
    boolean isHeld(long now) {
        return held(now) > 0;
    }

    /** The nanoseconds until the hold that is next is over; 0 if none is. */
    long held(long now) {
        while (items.peekFirst() instanceof Wait wait) {
            long left = wait.hold.left(now);
            if (left > 0) {
                return left;
            }
            removeFirst();
        }
        return 0;
    }

    /** The unfinished hold that is next; null if none is. */
    @Nullable
    Hold front(long now) {
        return held(now) > 0 && items.peekFirst() instanceof Wait wait ? wait.hold : null;
    }

    /** Whether the end has come to the front. */
    boolean isAtEnd(long now) {
        return !isHeld(now) && items.peekFirst() instanceof End;
    }

    /** Whether no unfinished hold stands before the end. */
    boolean mayEnd(long now) {
        return last != null && items.stream().allMatch(item -> !(item instanceof Wait wait) || wait.hold.isOver(now));
    }

    /** Whether bytes may go now. */
    boolean isReady(long now) {
        return !isHeld(now) && !items.isEmpty() && !(items.peekFirst() instanceof End);
    }

    /** Takes the next bytes; null if there are none or they are held. */
    @Nullable
    Piece poll(long now) {
        while (!isHeld(now) && items.peekFirst() instanceof Late late) {
            removeFirst();
            made(late.bytes.get());
        }
        if (isHeld(now) || !(items.peekFirst() instanceof Piece piece)) {
            return null;
        }
        removeFirst();
        bytes -= piece.length();
        return piece;
    }

    private void made(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        addFirst(copy);
    }

    /** Has these bytes, which are the backlog's own from now on, go before all that is here. */
    void addFirst(byte[] own) {
        if (own.length > 0) {
            bytes += own.length;
            items.addFirst(new Piece(own, 0, own.length));
            empty = false;
        }
    }

    /** Takes up to so many bytes that may go now. */
    int take(byte[] target, int offset, int length, long now) {
        int taken = 0;
        while (taken < length && !isHeld(now) && items.peekFirst() instanceof Piece piece) {
            int part = Math.min(length - taken, piece.length());
            System.arraycopy(piece.array, piece.from, target, offset + taken, part);
            piece.from += part;
            bytes -= part;
            taken += part;
            if (piece.length() == 0) {
                removeFirst();
            }
        }
        return taken;
    }

    /** How many bytes may go now. */
    int ready(long now) {
        int ready = 0;
        if (!isHeld(now)) {
            for (Item item : items) {
                if (!(item instanceof Piece piece)) {
                    break;
                }
                ready += piece.length();
            }
        }
        return ready;
    }

    /** Loses what waits for a hold, and what follows. */
    void dropHeld(long now) {
        int before = 0;
        for (Item item : items) {
            if (item instanceof Wait wait && !wait.hold.isOver(now)) {
                break;
            }
            before++;
        }
        drop(before);
    }

    /** Loses all but the end. */
    void dropAll() {
        drop(0);
    }

    private void drop(int from) {
        List<Item> dropped = new ArrayList<>(items).subList(Math.min(from, items.size()), items.size());
        dropped.forEach(item -> {
            items.removeLast();
            if (item instanceof Piece piece) {
                bytes -= piece.length();
            } else if (item instanceof Wait wait) {
                wait.hold.abandon();
            }
        });
        if (dropped.stream().anyMatch(End.class::isInstance)) {
            items.add(new End());
        }
        empty = items.isEmpty();
    }

    /** The connection is gone: whoever waits is told; what is left can still be taken. */
    void abandon() {
        for (Item item : items) {
            if (item instanceof Wait wait) {
                wait.hold.abandon();
            }
        }
    }
}
