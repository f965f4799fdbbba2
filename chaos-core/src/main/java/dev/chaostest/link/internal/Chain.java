// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Outlet;
import dev.chaostest.link.toxic.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What is under way in one direction: from stage to stage, then ready to be written. A state machine without I/O or
 * waiting; for use under the lock of its flow.
 */
final class Chain {

    private final List<Slot> slots = new ArrayList<>();
    private final Queue<Piece> ready = new ArrayDeque<>();
    private long readySize;

    void add(Slot slot) {
        slots.add(slot);
    }

    /** Takes a stage out: what waits there goes on at once, to the next one. */
    boolean remove(Slot slot, long now) {
        int at = slots.indexOf(slot);
        if (at < 0) {
            return false;
        }
        for (Piece piece = slot.poll(Outlet.NEVER); piece != null; piece = slot.poll(Outlet.NEVER)) {
            enter(at + 1, piece, now);
        }
        slots.remove(at);
        return true;
    }

    void offer(Chunk chunk, long now) {
        enter(0, new Piece(chunk, null, now), now);
    }

    void offer(Signal signal, long now) {
        enter(0, new Piece(null, signal, now), now);
    }

    private void enter(int at, Piece piece, long now) {
        if (at < slots.size()) {
            slots.get(at).take(piece, now);
        } else {
            ready.add(piece);
            readySize += piece.size();
        }
    }

    /** Moves on what is due. */
    void advance(long now) {
        for (int at = 0; at < slots.size(); at++) {
            Slot slot = slots.get(at);
            for (Piece piece = slot.poll(now); piece != null; piece = slot.poll(now)) {
                enter(at + 1, piece, piece.due()); // when it left, not when we looked: delays add up exactly
            }
        }
    }

    /** When something is due next. */
    long due() {
        long due = Outlet.NEVER;
        for (Slot slot : slots) {
            due = Math.min(due, slot.due());
        }
        return due;
    }

    boolean hasReady() {
        return !ready.isEmpty();
    }

    /** The next piece that is to be written. */
    @Nullable
    Piece poll() {
        Piece piece = ready.poll();
        readySize -= piece == null ? 0 : piece.size();
        return piece;
    }

    /** Whether nothing is under way, and nothing would be done to what comes. */
    boolean isPlain() {
        return slots.isEmpty() && ready.isEmpty();
    }

    /** The first stage that loses or keeps something for good; null if none does. */
    @Nullable
    String keeper() {
        for (Slot slot : slots) {
            String name = slot.keeper();
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    /** How many bytes are under way, with what they take in memory. */
    long size() {
        long size = readySize;
        for (Slot slot : slots) {
            size += slot.size();
        }
        return size;
    }
}
