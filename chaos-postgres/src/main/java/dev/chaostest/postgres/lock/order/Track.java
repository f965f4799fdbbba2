// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import dev.chaostest.postgres.lock.order.LockInversion.Step;
import dev.chaostest.postgres.lock.order.Orders.Order;
import dev.chaostest.postgres.lock.order.Orders.Taken;
import dev.chaostest.postgres.wire.StatementObserver.Arriving;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one session holds, in the order in which it took it. A transaction lasts from its first lock until it holds none. */
final class Track {

    private static final int SQL_MAX = 300;

    private final Orders orders;
    private final LongSupplier numbers;
    private final Map<Grip, Taken> held = new LinkedHashMap<>();
    private long transaction;
    private long looks;
    private @Nullable String statement;
    private Optional<String> caller = Optional.empty();

    Track(Orders orders, LongSupplier numbers) {
        this.orders = orders;
        this.numbers = numbers;
        this.transaction = numbers.getAsLong();
    }

    /** Whether the statement that was sent last may have taken a lock. */
    boolean isWorthALook() {
        String last = statement;
        return last != null && !last.regionMatches(true, 0, "BEGIN", 0, 5);
    }

    /** A statement goes out: what is new after it is its. */
    void sent(Arriving arriving) {
        String sql = arriving.sql().strip().replaceAll("\\s+", " ");
        statement = sql.length() <= SQL_MAX ? sql : sql.substring(0, SQL_MAX) + "...";
        caller = arriving.caller();
    }

    /** This is held after the statement that was sent last. */
    void holds(Set<Grip> now) {
        Set<String> things = now.stream().map(Grip::thing).collect(Collectors.toSet());
        held.keySet().removeIf(grip -> !things.contains(grip.thing())); // a stronger mode hides a weaker one of a row
        if (held.isEmpty()) {
            transaction = numbers.getAsLong();
        }
        looks++;
        List<Taken> before = List.copyOf(held.values());
        for (Grip grip : now) {
            if (!held.containsKey(grip)) {
                Taken taken = new Taken(grip, step(grip), looks);
                before.forEach(first -> orders.add(new Order(transaction, first, taken, gates(before, first))));
                held.put(grip, taken);
            }
        }
    }

    private static Set<Grip> gates(List<Taken> held, Taken first) {
        return held.stream()
                .filter(each -> each.look() < first.look())
                .map(Taken::grip)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Step step(Grip grip) {
        return new Step(
                grip.thing(), grip.mode(), Optional.ofNullable(statement).orElse("?"), caller);
    }
}
