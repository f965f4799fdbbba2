// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells a sweep what must hold in each of its rounds, besides what it checks by itself; a parameter of the test.
 *
 * <p>By itself a sweep checks that a test which returns normally has changed what the clean round changed; if the test writes in
 * one transaction, that it has done all of it or nothing; that no connection, transaction or lock is left; that nobody works on
 * in a failed transaction. Columns that differ between two rounds without faults, such as ids and times, don't count.
 *
 * <p>Each method is called in the test before it writes; it is called again in each round, and then only {@link #check} does
 * anything. What is asked goes past the faults.
 *
 * <pre>{@code
 * sweep.invariant("money", "SELECT sum(balance) FROM account");
 * new TransferService(bank).transfer(1, 2, 100);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Sweep {

    private final Promises promises;

    Sweep(Promises promises) {
        this.promises = promises;
    }

    /** What must hold when a round is over. */
    @FunctionalInterface
    public interface Check {
        /** Throws whatever it likes if it does not. */
        void run() throws Exception;
    }

    /**
     * Has a query give the same behind each round as now: in a round that fails, too.
     *
     * @param name what it is called in messages
     * @param sql only reads; all rows count, as text, 1,000 at most. Tables are found as the test finds them
     * @throws ChaosException if it can't be asked, or is another one than that of the same name before
     */
    public void invariant(String name, String sql) {
        promises.invariant(name, sql);
    }

    /**
     * Runs a check behind each round in which it was said, when everything is healed.
     *
     * @param name what it is called in messages
     * @param check what it throws makes the round red
     */
    public void check(String name, Check check) {
        promises.check(name, check);
    }

    /**
     * Lets the test end with one of these, or with what has one in its chain of causes, besides what was injected.
     *
     * @param types an {@link AssertionError} is always red
     * @throws ChaosException if there is none, or one is an AssertionError
     */
    @SafeVarargs
    public final void accepts(Class<? extends Throwable>... types) {
        if (types.length == 0) {
            throw new ChaosException(
                    "accepts(...) must name exceptions, but named none. Remove it, or name what the test "
                            + "may end with.");
        }
        List<Class<? extends Throwable>> named = new ArrayList<>();
        for (Class<? extends Throwable> type : types) {
            named.add(type);
            if (AssertionError.class.isAssignableFrom(type)) {
                throw new ChaosException("accepts(...) must name exceptions, but named " + type.getSimpleName()
                        + ", which is always red. Name what the code under test throws.");
            }
        }
        promises.accept(named);
    }

    /**
     * Has all of what the clean round changed be done, or nothing of it, also where the test writes in several transactions.
     *
     * @throws ChaosException if nothing is kept that could be compared
     */
    public void allOrNothing() {
        promises.allOrNothing();
    }

    /**
     * Leaves columns out of all comparing, besides those that differ between two rounds without faults.
     *
     * @param columns such as {@code account.updated_at}, as the catalog has them
     * @throws ChaosException if there is no such column
     */
    public void ignoring(String... columns) {
        promises.ignore(List.of(columns));
    }

    @Override
    public String toString() {
        return "sweep with " + promises;
    }
}
