// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was planned, what fired, what came back: in order.
 *
 * <p>Holds at most {@value #ENTRIES_MAX} entries; later ones are counted, not kept. Every entry is also a line in the
 * log, at debug level.
 *
 * <pre>{@code
 * try (Watch fired = ledger.watch(LedgerEntry.Fired.class::isInstance)) {
 *     service.pay(order);
 *     fired.await(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Ledger {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final int ENTRIES_MAX = 10_000;

    private final LongSupplier nanoClock;
    private final long opened;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final List<LedgerEntry> entries = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private long written;

    /** @param nanoClock the time in nanoseconds, from any origin, never going back */
    public Ledger(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.opened = nanoClock.getAsLong();
    }

    /** Writes down a rule. */
    public void planned(Rule rule) {
        write(n -> new LedgerEntry.Planned(n, elapsed(), rule));
    }

    /** Writes down that a rule struck; the result is what {@link #answered} wants. */
    public LedgerEntry.Fired fired(Hit hit, Decision.Due due, String text, @Nullable String caller) {
        return write(n -> new LedgerEntry.Fired(n, elapsed(), hit, due.rule(), due.fault(), text, caller));
    }

    /** Writes down what came back for a fault that struck. */
    public LedgerEntry.Answered answered(LedgerEntry.Fired fired, String answer) {
        return answered(fired, answer, null);
    }

    /** As {@link #answered(LedgerEntry.Fired, String)}, with how true it was. */
    public LedgerEntry.Answered answered(LedgerEntry.Fired fired, String answer, LedgerEntry.@Nullable Cause cause) {
        boolean planned = fired.fault().mustComeBack().map(answer::equals).orElse(true);
        return write(n -> new LedgerEntry.Answered(n, elapsed(), fired.sequence(), answer, cause, planned));
    }

    /** Writes down that a rule lost its hit to an earlier one. */
    public void overshadowed(Hit hit, Rule rule) {
        write(n -> new LedgerEntry.Overshadowed(n, elapsed(), hit, rule));
    }

    /** Writes down what was done to a thing that has no arrivals; the result is what {@link #healed} wants. */
    public LedgerEntry.Commanded commanded(String command, Reach reach) {
        return write(n -> new LedgerEntry.Commanded(n, elapsed(), command, reach));
    }

    /** Writes down that what was commanded is over, once that was looked at. */
    public LedgerEntry.Healed healed(LedgerEntry.Commanded commanded, String how) {
        return write(n -> {
            Duration now = elapsed();
            return new LedgerEntry.Healed(n, now, commanded.sequence(), now.minus(commanded.at()), how);
        });
    }

    /** Writes down anything else. */
    public void noted(String text) {
        write(n -> new LedgerEntry.Noted(n, elapsed(), text));
    }

    /** All entries so far, in order. */
    public List<LedgerEntry> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }

    /** The entries of one kind so far, in order. */
    public <E extends LedgerEntry> List<E> entries(Class<E> kind) {
        return entries().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** How many entries were written but not kept. */
    public long dropped() {
        lock.lock();
        try {
            return written - entries.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts to look out for an entry. Attach first, act then, wait last: an entry between the act and the wait is not
     * missed. Entries from before do not count.
     *
     * @param condition what to look out for; asked on the thread that writes and under the ledger's lock, so it must be
     *     quick and must not wait. If it throws, {@link Watch#await} does, and the code that is watched goes on.
     */
    public Watch watch(Predicate<? super LedgerEntry> condition) {
        lock.lock();
        try {
            Watch watch = new Watch(this, condition);
            watches.add(watch);
            return watch;
        } finally {
            lock.unlock();
        }
    }

    void forget(Watch watch) {
        lock.lock();
        try {
            watches.remove(watch);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the watch has seen its entry; null when the deadline comes first. */
    @Nullable
    LedgerEntry await(Watch watch, Duration deadline) throws InterruptedException {
        long left = deadline.toNanos();
        lock.lock();
        try {
            while (watch.seen() == null && !watch.isBroken() && left > 0) {
                left = grown.awaitNanos(left);
            }
            return watch.seen();
        } finally {
            lock.unlock();
        }
    }

    private <E extends LedgerEntry> E write(LongFunction<E> next) {
        lock.lock();
        try {
            E entry = next.apply(++written);
            if (entries.size() < ENTRIES_MAX) {
                entries.add(entry);
            }
            watches.forEach(watch -> watch.offer(entry));
            grown.signalAll();
            LOG.debug("{}", entry);
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanoClock.getAsLong() - opened);
    }
}
