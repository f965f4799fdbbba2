// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A queue of replies. It begins anew at its first place whenever it is empty: so a client that waits for its answers finds there
 * what it put there the last time, mostly, and a reference is dearer to write than to compare.
 */
final class Owed extends AbstractCollection<Expected> {

    private static final int FIRST_CAPACITY = 16;

    private @Nullable Expected[] places = new @Nullable Expected[FIRST_CAPACITY];
    private int first;
    private int next;

    @Override
    @SuppressWarnings("ReferenceEquality") // equal ones belong to other messages
    public boolean add(Expected last) {
        if (next == places.length) {
            makeRoom();
        }
        if (places[next] != last) {
            places[next] = last;
        }
        next++;
        return true;
    }

    private void makeRoom() {
        int size = size();
        @Nullable Expected[] roomy = size > places.length / 2 ? new @Nullable Expected[2 * places.length] : places;
        System.arraycopy(places, first, roomy, 0, size);
        Arrays.fill(roomy, size, roomy.length, null);
        places = roomy;
        first = 0;
        next = size;
    }

    /** The first one; null if there is none. */
    @Nullable
    Expected peek() {
        return first == next ? null : places[first];
    }

    /** Takes the first one; null if there is none. */
    @Nullable
    Expected poll() {
        if (first == next) {
            return null;
        }
        Expected taken = places[first];
        if (taken != null && taken.isOfItsOwn()) { // others are for ever
            places[first] = null;
        }
        first++;
        if (first == next) {
            first = 0;
            next = 0;
        }
        return taken;
    }

    /** Has these instead. */
    void become(Collection<Expected> all) {
        clear();
        addAll(all);
    }

    @Override
    public void clear() {
        Arrays.fill(places, first, next, null);
        first = 0;
        next = 0;
    }

    @Override
    public int size() {
        return next - first;
    }

    @Override
    public Iterator<Expected> iterator() {
        return new Iterator<>() {
            private int at = first;

            @Override
            public boolean hasNext() {
                return at < next;
            }

            @Override
            public Expected next() {
                Expected each = at < next ? places[at++] : null;
                if (each == null) {
                    throw new NoSuchElementException();
                }
                return each;
            }
        };
    }
}
