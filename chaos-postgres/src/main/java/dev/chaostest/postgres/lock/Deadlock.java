// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Describes a deadlock: what each session holds and then asks for, and which of them is to be the victim.
 *
 * <p>The victim gets 40P01 and is rolled back, the others get their locks. The default victim is the last session.
 *
 * <pre>{@code
 * Deadlock rows = Deadlock.between(LockRequest.row("account", "id", 1), LockRequest.row("account", "id", 2));
 * Deadlock ring = Deadlock.cycle(LockRequest.advisory(1), LockRequest.advisory(2), LockRequest.advisory(3));
 * Deadlock upgrade = Deadlock.upgrade("account").withVictim(0);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, "Deadlocks".
 *
 * @param sessions from 2 to {@value #SESSIONS_MAX}, each waiting for the next one, the last for the first
 * @param victim the index of the one that is to fail
 * @since 0.1
 */
public record Deadlock(List<LockOrder> sessions, int victim) {

    /** The longest circle. */
    public static final int SESSIONS_MAX = 20;

    /**
     * @throws ChaosException if there are too few or too many sessions, or if the victim is none of them
     */
    public Deadlock {
        sessions = List.copyOf(sessions);
        if (sessions.size() < 2 || sessions.size() > SESSIONS_MAX) {
            throw new ChaosException("A deadlock must have from 2 to " + SESSIONS_MAX + " sessions, but was to have "
                    + sessions.size() + ". Give each of them a lock of its own.");
        }
        if (victim < 0 || victim >= sessions.size()) {
            throw new ChaosException("The victim must be one of the sessions 0 to " + (sessions.size() - 1)
                    + ", but was " + victim + ". Count from 0.");
        }
    }

    /** Two sessions, each of which holds one and asks for the other: rows, tables, advisory keys, or a mix. */
    public static Deadlock between(LockRequest one, LockRequest other) {
        return cycle(one, other);
    }

    /** As many sessions as locks: each holds one and asks for the next, the last one for the first. */
    public static Deadlock cycle(LockRequest... locks) {
        List<LockOrder> orders = IntStream.range(0, locks.length)
                .mapToObj(i -> new LockOrder(locks[i], locks[(i + 1) % locks.length]))
                .toList();
        return new Deadlock(orders, orders.size() - 1);
    }

    /** Two sessions that share a table and both want it for themselves. */
    public static Deadlock upgrade(String table) {
        return upgrade(
                LockRequest.table(table, TableLockMode.SHARE), LockRequest.table(table, TableLockMode.EXCLUSIVE));
    }

    /**
     * Two sessions that share a lock and both want a stronger one of the same thing.
     *
     * @param shared one that two sessions can hold at the same time
     * @param stronger one that conflicts with it
     */
    public static Deadlock upgrade(LockRequest shared, LockRequest stronger) {
        LockOrder both = new LockOrder(shared, stronger);
        return new Deadlock(List.of(both, both), 1);
    }

    /** The same with another victim, counted from 0. */
    public Deadlock withVictim(int index) {
        return new Deadlock(sessions, index);
    }

    /** Who may feel it. */
    Reach reach() {
        return sessions.stream()
                .map(order -> order.first().reach())
                .max(Comparator.naturalOrder())
                .orElse(Reach.SCHEMA);
    }

    @Override
    public String toString() {
        return "deadlock of " + sessions.size() + " sessions (" + sessions.get(0) + ")";
    }
}
