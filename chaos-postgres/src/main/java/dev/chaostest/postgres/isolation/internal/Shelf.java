// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Databases of one kind that are ready. Safe for use by many threads. */
final class Shelf {

    private final Deque<DatabaseStock.Made> ready = new ArrayDeque<>();
    private final Consumer<DatabaseStock.Made> unused;
    private int taken;
    private int ordered;
    private boolean cleared;

    /** @param unused is given what nobody will take */
    Shelf(Consumer<DatabaseStock.Made> unused) {
        this.unused = unused;
    }

    /** One that is ready, if there is. */
    synchronized DatabaseStock.@Nullable Made take() {
        taken++;
        return ready.poll();
    }

    /** How many more are to be made now, so that as many are ready; after the first test only one: it may be the last. */
    synchronized int order(int ahead) {
        int missing = Math.max(0, Math.min(ahead, taken) - ready.size() - ordered);
        ordered += missing;
        return missing;
    }

    /** Puts one that was ordered there; null if it could not be made. */
    void put(DatabaseStock.@Nullable Made made) {
        synchronized (this) {
            ordered--;
            if (made == null) {
                return;
            }
            if (!cleared) {
                ready.add(made);
                return;
            }
        }
        unused.accept(made);
    }

    /** Takes all away; what is made later goes the same way. */
    void clear() {
        Deque<DatabaseStock.Made> rest;
        synchronized (this) {
            cleared = true;
            rest = new ArrayDeque<>(ready);
            ready.clear();
        }
        rest.forEach(unused);
    }
}
