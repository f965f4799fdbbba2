// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was made beside one thing for the same test, and is closed with it. Safe for use by many threads. */
public final class Siblings<T extends AutoCloseable> {

    private final List<T> all = new CopyOnWriteArrayList<>();

    /** Adds one, made last. */
    public void add(T sibling) {
        all.add(sibling);
    }

    /** All so far, in the order in which they were made. */
    public List<T> all() {
        return List.copyOf(all);
    }

    /**
     * Closes all in reverse order, and then the thing itself.
     *
     * @param closing closes one of them
     * @throws ChaosException the first failure, with the others suppressed
     */
    public void closeAndThen(Consumer<T> closing, Runnable itself) {
        List<T> reversed = new ArrayList<>(all);
        Collections.reverse(reversed);
        ChaosException first = null;
        for (T sibling : reversed) {
            first = attempt(() -> closing.accept(sibling), first);
        }
        first = attempt(itself, first);
        if (first != null) {
            throw first;
        }
    }

    private static @Nullable ChaosException attempt(Runnable closing, @Nullable ChaosException first) {
        try {
            closing.run();
            return first;
        } catch (ChaosException e) {
            if (first == null) {
                return e;
            }
            first.addSuppressed(e);
            return first;
        }
    }
}
