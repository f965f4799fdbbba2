// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Catches events from the moment it is attached, so that none between the act and the wait is missed.
 *
 * <p>{@link Events#collect} attaches it to events of the code under test, {@link #of} to a ledger. Waiting takes nothing
 * away: what was caught can be waited for again. Keeps 10,000 events; later ones are counted only. If an
 * event does not come, the error lists the near misses: events of that kind that were not as asked for, and the others.
 * Closing detaches it; twice is harmless.
 *
 * <p>An interrupt ends a wait at once and stays set.
 *
 * <pre>{@code
 * try (EventCollector<LedgerEntry.Fired> fired = EventCollector.of(scope.ledger(), LedgerEntry.Fired.class)) {
 *     service.pay(order);
 *     fired.await(2, Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @param <E> the kind of event
 * @since 0.1
 */
public final class EventCollector<E> implements AutoCloseable {

    private final Class<E> kind;
    private final TimeSource time;
    private final Catch<E> caught;
    private volatile Runnable detach = () -> {};

    EventCollector(Class<E> kind, Predicate<? super E> predicate, TimeSource time) {
        if (kind.isPrimitive()) {
            throw new IllegalArgumentException("The kind of events must be a type of objects, but was " + kind
                    + ", which no event is. Use "
                    + MethodType.methodType(kind).wrap().returnType().getName() + ".");
        }
        this.kind = kind;
        this.time = time;
        this.caught = new Catch<>(kind, predicate);
    }

    /** Attaches a collector of all entries of a kind to a ledger, from now until it is closed. */
    public static <T extends LedgerEntry> EventCollector<T> of(Ledger ledger, Class<T> kind) {
        return of(ledger, kind, entry -> true);
    }

    /**
     * Attaches a collector of the entries of a kind that are as asked for to a ledger, from now until it is closed.
     *
     * @param predicate asked on the thread that writes and under the ledger's lock, so it must be quick and must not wait;
     *     what it throws fails the wait, not the code under test
     */
    public static <T extends LedgerEntry> EventCollector<T> of(
            Ledger ledger, Class<T> kind, Predicate<? super T> predicate) {
        EventCollector<T> collector = new EventCollector<>(kind, predicate, TimeSource.system());
        Watch watch = ledger.watch(entry -> {
            collector.offer(entry);
            return false; // a watch ends with its first entry; this one is to see them all
        });
        collector.onClose(watch::close);
        return collector;
    }

    void onClose(Runnable action) {
        detach = action;
    }

    void offer(Object event) {
        caught.offer(event);
    }

    /**
     * Waits for one event.
     *
     * @return the first that was caught
     * @throws WatchError if none comes in time
     * @throws ChaosException if the predicate threw, or if the thread is interrupted
     */
    public E await(Duration deadline) {
        return await(1, deadline).get(0);
    }

    /**
     * Waits for so many events.
     *
     * @param count from 1 to 10,000
     * @return the first so many that were caught, in order
     * @throws WatchError if fewer come in time
     * @throws ChaosException if the predicate threw, or if the thread is interrupted
     */
    public List<E> await(int count, Duration deadline) {
        if (!awaitUntil(count, deadline, time)) {
            throw new WatchError(
                    Texts.times(count, "event") + " " + kind.getSimpleName() + " must come within "
                            + Durations.print(deadline) + ", but " + came() + ". Check what the code did instead."
                            + caught.lines(),
                    null);
        }
        return caught.events().subList(0, count);
    }

    private String came() {
        return caught.count() == 0 ? "none did" : caught.count() + " did";
    }

    /**
     * Waits until each of these has caught one event, in whatever order, under one deadline.
     *
     * @throws WatchError if one has not in time; the message is about each that has not
     * @throws ChaosException if a predicate threw, or if the thread is interrupted
     */
    public static void awaitAll(Duration deadline, EventCollector<?>... collectors) {
        if (collectors.length == 0) {
            throw new IllegalArgumentException(
                    "There must be a collector to wait for, but there is none. Attach them first, and name them here.");
        }
        TimeSource time = collectors[0].time;
        long begun = time.nanos();
        for (EventCollector<?> collector : collectors) {
            Duration left = deadline.minusNanos(time.nanos() - begun);
            collector.awaitUntil(1, left.isNegative() ? Duration.ZERO : left, time);
        }
        List<EventCollector<?>> missing = Stream.<EventCollector<?>>of(collectors)
                .filter(collector -> collector.caught.count() == 0)
                .toList();
        if (!missing.isEmpty()) {
            throw new WatchError(
                    "Events " + names(Stream.of(collectors)) + " must all come within " + Durations.print(deadline)
                            + ", but " + names(missing.stream()) + " did not. Check what the code did instead."
                            + missing.stream()
                                    .map(collector -> "\n  " + collector.kind.getSimpleName()
                                            + collector.caught.lines().replace("\n", "\n  "))
                                    .collect(Collectors.joining()),
                    null);
        }
    }

    private static String names(Stream<EventCollector<?>> collectors) {
        return collectors.map(collector -> collector.kind.getSimpleName()).collect(Collectors.joining(", "));
    }

    /**
     * Lets this time pass.
     *
     * @return what was caught since it was attached
     */
    public List<E> collectFor(Duration window) {
        return collectFor(window, Integer.MAX_VALUE);
    }

    /**
     * Lets this time pass, but no more than is needed to have caught so many.
     *
     * @param atLeast from 1
     * @return what was caught since it was attached; fewer if no more came
     * @throws ChaosException if the predicate threw, or if the thread is interrupted
     */
    public List<E> collectFor(Duration window, int atLeast) {
        if (atLeast < 1) {
            throw new IllegalArgumentException("The number of events to wait for must be at least 1, but was " + atLeast
                    + ". To let the whole window pass use collectFor(window).");
        }
        waitFor(atLeast, window, time);
        return caught.events();
    }

    private boolean awaitUntil(int count, Duration deadline, TimeSource on) {
        if (count < 1 || count > Catch.KEPT_MAX) {
            throw new IllegalArgumentException("The number of events must be from 1 to " + Catch.KEPT_MAX + ", but was "
                    + count + ". Use Eventually.never for what must not come.");
        }
        return waitFor(count, deadline, on);
    }

    private boolean waitFor(int count, Duration deadline, TimeSource on) {
        Pace.requireDeadline(deadline);
        long begun = on.nanos();
        CompletableFuture<Void> enough = caught.signal(count);
        if (!enough.isDone()) { // what is there is not waited for
            CompletableFuture<Void> timer = on.timer(deadline);
            try {
                CompletableFuture.anyOf(enough, timer).get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Texts.interrupted("events " + kind.getSimpleName(), Duration.ofNanos(on.nanos() - begun));
            } catch (ExecutionException e) {
                throw new IllegalStateException("A timer must not fail, but did. Correct the time source.", e);
            } finally {
                timer.complete(null);
                enough.complete(null);
            }
        }
        caught.requireUnbroken();
        return caught.count() >= count;
    }

    /** What was caught so far, in order. */
    public List<E> events() {
        return caught.events();
    }

    /** How many were caught; more than are kept if there were too many. */
    public long count() {
        return caught.count();
    }

    /**
     * Detaches it; who waits goes on waiting for nothing, until the deadline.
     *
     * @throws ChaosException if the predicate threw and nobody has been told
     */
    @Override
    public void close() {
        detach.run();
        caught.requireUnbrokenOrTold();
    }

    @Override
    public String toString() {
        return "collector of " + kind.getSimpleName() + ", " + caught.count() + " caught";
    }
}
