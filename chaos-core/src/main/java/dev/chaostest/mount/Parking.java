// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.Rule;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Faults that wait until somebody frees them: the end of the round, or of their rule. Safe for use by many threads. */
final class Parking {

    private final List<Parked> parked = new CopyOnWriteArrayList<>();
    private final Set<Rule> takenOut = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private volatile boolean over;

    /** Whether the round has ended. */
    boolean isOver() {
        return over;
    }

    /**
     * Registers what frees a fault, once at most; at once if the round or the rule has ended.
     *
     * @param rule null for what only the end of the round frees
     * @return what unregisters it
     */
    Runnable park(@Nullable Rule rule, Runnable release) {
        Parked fault = new Parked(rule, release);
        parked.add(fault);
        if ((over || (rule != null && takenOut.contains(rule))) && parked.remove(fault)) {
            release.run();
        }
        return () -> parked.remove(fault);
    }

    /** Frees what a rule has parked, and will park. */
    @SuppressWarnings("ReferenceEquality") // an equal rule may have been added twice
    void takeOut(Rule rule) {
        takenOut.add(rule);
        free(each -> each.rule == rule);
    }

    /** Frees all; the first failure is thrown when all were freed, others suppressed. */
    void end() {
        over = true;
        free(each -> true);
    }

    private void free(Predicate<Parked> which) {
        RuntimeException first = null;
        for (Parked fault : List.copyOf(parked)) {
            try {
                if (which.test(fault) && parked.remove(fault)) {
                    fault.release.run();
                }
            } catch (RuntimeException e) { // the others must be freed all the same
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Each is its own, whatever it frees. */
    private static final class Parked {
        private final @Nullable Rule rule;
        private final Runnable release;

        Parked(@Nullable Rule rule, Runnable release) {
            this.rule = rule;
            this.release = release;
        }
    }
}
