// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Takes the events of the code under test to those who wait for them, inside this process.
 *
 * <p>Feed it from a listener of the code under test: {@code breaker.onTransition(events::emit)}. Attach collectors first,
 * act then, wait last. Each event reaches each collector that is attached at that moment, once, on the thread that emits
 * it; it is not kept for those that come later. No collector can break or block the one who emits.
 *
 * <pre>{@code
 * Events<Object> events = new Events<>();
 * bus.subscribe(events::emit);
 * try (EventCollector<OrderPaid> paid = events.collect(OrderPaid.class, p -> p.order() == 7)) {
 *     service.pay(7);
 *     paid.await(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @param <E> what all events have in common; {@code Object} if nothing
 * @since 0.1
 */
public final class Events<E> {

    private final TimeSource time;
    private final List<EventCollector<? extends E>> collectors = new CopyOnWriteArrayList<>();

    /** A channel whose collectors wait on the system's time. */
    public Events() {
        this(TimeSource.system());
    }

    /** A channel whose collectors wait on this time. */
    public Events(TimeSource time) {
        this.time = time;
    }

    /** Hands an event to all collectors that are attached. */
    public void emit(E event) {
        Objects.requireNonNull(event, "event");
        collectors.forEach(collector -> collector.offer(event));
    }

    /** Attaches a collector of all events of a kind, from now until it is closed. */
    public <T extends E> EventCollector<T> collect(Class<T> kind) {
        return collect(kind, event -> true);
    }

    /**
     * Attaches a collector of the events of a kind that are as asked for, from now until it is closed.
     *
     * @param predicate asked on the thread that emits, so it must be quick; what it throws fails the wait, not the code
     *     under test
     */
    public <T extends E> EventCollector<T> collect(Class<T> kind, Predicate<? super T> predicate) {
        EventCollector<T> collector = new EventCollector<>(kind, predicate, time);
        collectors.add(collector);
        collector.onClose(() -> collectors.remove(collector));
        return collector;
    }
}
