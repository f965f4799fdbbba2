// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import dev.chaostest.postgres.lock.order.LockInversion.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The orders in which locks were taken by whom, and which of them are the opposite of each other. */
final class Orders {

    private static final int ORDERS_MAX = 10_000;
    private static final int INVERSIONS_MAX = 100;

    private final Map<Set<String>, List<Order>> byThings = new LinkedHashMap<>();
    private final Map<Set<String>, LockInversion> found = new LinkedHashMap<>();
    private int count;
    private boolean isFull;

    /**
     * A lock that was taken.
     *
     * @param look the number of the look at the session that showed it first: locks of one look came in no known order
     */
    record Taken(Grip grip, LockInversion.Step step, long look) {}

    /**
     * One lock after another, by one transaction.
     *
     * @param transaction its number: none deadlocks with itself
     * @param gates what it held before both
     */
    record Order(long transaction, Taken first, Taken then, Set<Grip> gates) {

        /** Whether two transactions could each hold its first lock and wait for its second. */
        boolean canDeadlockWith(Order other) {
            return transaction != other.transaction
                    && then.grip().conflictsWith(other.first.grip())
                    && other.then.grip().conflictsWith(first.grip())
                    && !first.grip().conflictsWith(other.first.grip())
                    && gates.stream().noneMatch(gate -> other.gates.stream().anyMatch(gate::conflictsWith));
        }

        Path path() {
            return new Path(first.step(), then.step());
        }

        boolean isAs(Order other) {
            return path().equals(other.path()) && gates.equals(other.gates);
        }
    }

    /** A transaction has taken one lock after another. */
    void add(Order order) {
        Set<String> things = Set.copyOf(
                List.of(order.first().grip().thing(), order.then().grip().thing()));
        List<Order> known = byThings.computeIfAbsent(things, key -> new ArrayList<>());
        known.stream().filter(order::canDeadlockWith).forEach(other -> found(other, order));
        if (known.stream().anyMatch(order::isAs)) {
            return;
        }
        if (count == ORDERS_MAX) {
            isFull = true;
            return;
        }
        count++;
        known.add(order);
    }

    /** The same places in the code are told of once, whatever rows they met at. */
    private void found(Order one, Order other) {
        Set<String> places = Set.copyOf(List.of(places(one), places(other)));
        if (found.size() < INVERSIONS_MAX) {
            found.putIfAbsent(places, new LockInversion(one.path(), other.path()));
        }
    }

    private static String places(Order order) {
        return order.first().step().place() + " -> " + order.then().step().place();
    }

    List<LockInversion> inversions() {
        return List.copyOf(found.values());
    }

    /** Whether there was more than could be kept. */
    boolean isFull() {
        return isFull;
    }
}
