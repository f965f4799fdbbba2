// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Watches the attempts of a retry that the code under test has, from below it.
 *
 * <p>Put it between the retry and what is tried: what goes through is not changed, neither results nor failures. Then
 * check how many attempts there were, and when. Checks about gaps are for one call's attempts, one after another; for
 * several calls at once, use one observer each. Keeps at most {@value #KEPT_MAX} attempts; later ones are counted only.
 *
 * <pre>{@code
 * Attempts attempts = Attempts.of("charge", TimeSource.system());
 * Callable<Receipt> charge = theirRetry.around(attempts.callable(() -> gateway.charge(order)));
 * assertThatThrownBy(charge::call).isInstanceOf(ConnectException.class);
 * attempts.requireCount(3).requireGaps(Duration.ofMillis(100), Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Attempts {

    private static final int KEPT_MAX = 10_000;

    private final String name;
    private final TimeSource time;
    private final long made;
    private final List<Attempt> kept = new ArrayList<>();
    private long count;

    private Attempts(String name, TimeSource time) {
        this.name = name;
        this.time = time;
        this.made = time.nanos();
    }

    /**
     * An observer that has seen nothing yet.
     *
     * @param name what is tried, for messages
     * @param time what the retry waits by
     */
    public static Attempts of(String name, TimeSource time) {
        return new Attempts(name, time);
    }

    /**
     * The attempts that a ledger shows so far, one for each entry that is one: faults that fired at a site, say. They take
     * no time, and their times are the ledger's.
     */
    public static Attempts from(String name, Ledger ledger, Predicate<? super LedgerEntry> isAttempt) {
        Attempts attempts = new Attempts(name, TimeSource.system());
        ledger.entries().stream()
                .filter(isAttempt)
                .forEach(entry -> attempts.add(entry.at(), entry.at(), entry.toString()));
        return attempts;
    }

    /** As the task, watched. */
    public <T> Callable<T> callable(Callable<? extends T> task) {
        return () -> watched(task::call);
    }

    /** As the task, watched. */
    public <T> Supplier<T> supplier(Supplier<? extends T> task) {
        return () -> watched(task::get);
    }

    /** As the task, watched. */
    public Runnable runnable(Runnable task) {
        return () -> watched(() -> {
            task.run();
            return name;
        });
    }

    private <T, E extends Exception> T watched(Body<T, E> body) throws E {
        int slot = begin();
        try {
            T value = body.run();
            end(slot, Attempt.SUCCESS);
            return value;
        } catch (Throwable failure) {
            end(slot, text(failure));
            throw failure;
        }
    }

    /** What the failure says of itself must not take its place. */
    private static String text(Throwable failure) {
        try {
            return failure.toString();
        } catch (RuntimeException unprintable) {
            return failure.getClass().getName();
        }
    }

    /** As the task, watched until the stage that it returns completes; the same stage is handed on. */
    @SuppressWarnings("FutureReturnValueIgnored") // writing down can't fail
    public <T> Supplier<CompletionStage<T>> stage(Supplier<? extends CompletionStage<T>> task) {
        return () -> {
            int slot = begin();
            try {
                CompletionStage<T> stage = task.get();
                if (stage == null) { // a fake's, say: what the retry makes of it is to be seen
                    end(slot, "no stage");
                } else {
                    stage.whenComplete(
                            (value, failure) -> end(slot, failure == null ? Attempt.SUCCESS : text(failure)));
                }
                return stage;
            } catch (Throwable failure) {
                end(slot, text(failure));
                throw failure;
            }
        };
    }

    /** Counts an attempt that was seen by other means, now: a request at a fake server, say. It takes no time. */
    public void record(String how) {
        Duration now = now();
        add(now, now, how);
    }

    /** How many attempts began so far. */
    public long count() {
        return trail().count();
    }

    /** The attempts so far, in the order in which they began. */
    public List<Attempt> all() {
        return trail().all();
    }

    /**
     * Checks how many there were; 0 says that nothing was tried.
     *
     * @return this
     * @throws AssertionError if there were more or fewer; the message lists them, as with every check here
     */
    public Attempts requireCount(long exactly) {
        return requireCount(exactly, exactly);
    }

    /**
     * Checks how many there were.
     *
     * @return this
     * @throws AssertionError if there were fewer or more
     */
    public Attempts requireCount(long least, long most) {
        trail().requireCount(least, most);
        return this;
    }

    /**
     * Checks how long it was from the end of each attempt to the beginning of the next.
     *
     * @return this
     * @throws AssertionError if a gap was shorter or longer, if attempts overlap, or if there were fewer than two
     */
    public Attempts requireGaps(Duration shortest, Duration longest) {
        trail().requireGaps(shortest, longest);
        return this;
    }

    /**
     * Checks that each gap was longer than the one before.
     *
     * @return this
     * @throws AssertionError if one was not, if attempts overlap, or if there were fewer than three
     */
    public Attempts requireGrowingGaps() {
        trail().requireGrowingGaps();
        return this;
    }

    /**
     * Checks that each gap is one that the back-off allows before that retry.
     *
     * @param slack how much longer a gap may be: what the scheduler of the machine takes
     * @return this
     * @throws AssertionError if a gap was shorter or longer, if attempts overlap, or if there were fewer than two
     */
    public Attempts requireBackoff(Backoff backoff, Duration slack) {
        trail().requireBackoff(backoff, slack);
        return this;
    }

    /**
     * Checks how long it was from the beginning of the first attempt to the end of the last.
     *
     * @return this
     * @throws AssertionError if it was longer, if an attempt still runs, or if there was none
     */
    public Attempts requireTotal(Duration longest) {
        trail().requireTotal(longest);
        return this;
    }

    /**
     * Checks how much the retry multiplies the load: attempts below it for each call above it.
     *
     * @param calls how often the code above the retry was called, 1 or more
     * @param below the amplification must be less than that; more than 1
     * @return this
     * @throws AssertionError if it was not less, or if there were no attempts
     */
    public Attempts requireAmplification(long calls, double below) {
        trail().requireAmplification(calls, below);
        return this;
    }

    private synchronized Trail trail() {
        return new Trail(name, List.copyOf(kept), count);
    }

    private synchronized int begin() {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Attempt(count, now(), Optional.empty(), Attempt.RUNNING));
            return kept.size() - 1;
        }
        return -1;
    }

    private synchronized void end(int slot, String how) {
        if (slot >= 0) {
            Attempt begun = kept.get(slot);
            kept.set(slot, new Attempt(begun.number(), begun.began(), Optional.of(now()), how));
        }
    }

    private synchronized void add(Duration began, Duration ended, String how) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Attempt(count, began, Optional.of(ended), how));
        }
    }

    private Duration now() {
        return Duration.ofNanos(time.nanos() - made);
    }

    @Override
    public String toString() {
        return trail().toString();
    }

    /** What throws exactly what the task does. */
    @FunctionalInterface
    private interface Body<T, E extends Exception> {
        T run() throws E;
    }
}
