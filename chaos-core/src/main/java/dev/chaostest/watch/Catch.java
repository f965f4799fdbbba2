// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a collector caught, what it nearly caught, and who waits for more. */
final class Catch<E> {

    static final int KEPT_MAX = 10_000;
    private static final int SHOWN = 10;

    private final Class<E> kind;
    private final Predicate<? super E> predicate;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<E> events = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Passed misses = new Passed();
    private final Passed others = new Passed();
    private long count;
    private @Nullable Bug bug;
    private boolean told;

    /** Who goes on when there are so many. */
    private record Waiter(int count, CompletableFuture<Void> enough) {}

    /** What the predicate threw, and for which event. */
    private record Bug(Throwable thrown, Object event) {}

    Catch(Class<E> kind, Predicate<? super E> predicate) {
        this.kind = kind;
        this.predicate = predicate;
    }

    /** Never throws: the code under test, which happens to emit, must not see what a test has got wrong. */
    void offer(Object event) {
        boolean ofKind = kind.isInstance(event);
        boolean asAsked = false;
        Bug found = null;
        try {
            asAsked = ofKind && predicate.test(kind.cast(event)); // not under the lock: it is somebody else's code
        } catch (Throwable e) {
            found = new Bug(e, event);
        }
        lock.lock();
        try {
            if (asAsked) {
                keep(kind.cast(event));
            } else {
                (ofKind ? misses : others).add(event);
            }
            bug = bug == null ? found : bug;
            waiters.forEach(this::wake);
        } finally {
            lock.unlock();
        }
    }

    private void keep(E event) {
        count++;
        if (events.size() < KEPT_MAX) {
            events.add(event);
        }
    }

    private void wake(Waiter waiter) {
        if (count >= waiter.count || bug != null) {
            waiter.enough.complete(null);
        }
    }

    /** What completes when there are so many, or when the predicate has thrown; to be completed by who no longer waits. */
    CompletableFuture<Void> signal(int atLeast) {
        lock.lock();
        try {
            waiters.removeIf(waiter -> waiter.enough.isDone());
            Waiter waiter = new Waiter(atLeast, new CompletableFuture<>());
            waiters.add(waiter);
            wake(waiter);
            return waiter.enough;
        } finally {
            lock.unlock();
        }
    }

    List<E> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    void requireUnbrokenOrTold() {
        lock.lock();
        try {
            if (!told) {
                requireUnbroken();
            }
        } finally {
            lock.unlock();
        }
    }

    void requireUnbroken() {
        lock.lock();
        try {
            if (bug != null) {
                told = true;
                throw new ChaosException(
                        "The predicate of a collector must answer for every event " + kind.getSimpleName()
                                + ", but threw " + Texts.of(bug.thrown) + " for " + Texts.of(bug.event)
                                + ". Correct the predicate.",
                        bug.thrown);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What came, a line each. */
    String lines() {
        lock.lock();
        try {
            if (count + misses.count + others.count == 0) {
                return Texts.line("came", "nothing at all; does the code under test feed this channel?");
            }
            return (count == 0 ? "" : Texts.line("caught", passed(count, events)))
                    + (misses.count == 0 ? "" : Texts.line("misses", passed(misses.count, misses.last)))
                    + (others.count == 0 ? "" : Texts.line("others", passed(others.count, others.last)));
        } finally {
            lock.unlock();
        }
    }

    private static String passed(long count, Collection<?> some) {
        long skipped = Math.max(0, some.size() - SHOWN);
        return count + ": "
                + (count > SHOWN ? "... " : "")
                + some.stream().skip(skipped).map(Texts::of).collect(Collectors.joining("; "));
    }

    /** What was not caught: all counted, the last few kept. */
    private static final class Passed {
        private final Deque<Object> last = new ArrayDeque<>();
        private long count;

        void add(Object event) {
            count++;
            last.addLast(event);
            if (last.size() > SHOWN) {
                last.removeFirst();
            }
        }
    }
}
