// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does something again while its policy says so.
 *
 * <p>A failure that is not worth a retry reaches the caller as it is, with those of earlier attempts suppressed. When a
 * limit ends the call, it ends with {@link RetriesExhaustedException}. An interrupt ends it at once, also between two
 * attempts: with an {@code InterruptedException}, earlier failures suppressed, and the thread's flag set.
 *
 * <p>The same seed gives the same back-offs: on each lane where the callers are workers, else over all callers in the
 * order in which they come.
 *
 * <pre>{@code
 * Retry retry = Retry.in(scope.round(), "charge", policy);
 * Receipt receipt = retry.call(() -> gateway.charge(order));
 * }</pre>
 *
 * <p>Safe for use by many threads; all calls share the counts and the budget.
 *
 * @since 0.1
 */
public final class Retry {

    private static final Lane ANY = new Lane("caller");

    private final String name;
    private final RetryPolicy policy;
    private final Seed seed;
    private final TimeSource time;
    private final Counts counts = new Counts();
    private final @Nullable Tokens tokens;
    private final List<RetryListener> listeners = new CopyOnWriteArrayList<>();

    /** How many draws each lane had: one for each worker, so at most a few thousand. */
    private final Map<Lane, AtomicLong> draws = new ConcurrentHashMap<>();

    private Retry(String name, RetryPolicy policy, Seed seed, TimeSource time) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "a retry must have a name, but it was blank. Name what is done, for example \"charge\".");
        }
        this.name = name;
        this.policy = policy;
        this.seed = seed;
        this.time = time;
        this.tokens = policy.budget().map(budget -> new Tokens(budget, time)).orElse(null);
    }

    /**
     * A retry on its own.
     *
     * @param name what is done, for messages; the back-offs depend on it, too
     * @param seed where jitter is drawn from
     * @param time what back-offs, the deadline and the budget go by
     */
    public static Retry of(String name, RetryPolicy policy, Seed seed, TimeSource time) {
        return new Retry(name, policy, seed, time);
    }

    /** A retry with a round's seed and time, that writes each attempt into its ledger. */
    public static Retry in(Round round, String name, RetryPolicy policy) {
        return new Retry(name, policy, round.plan().seed(), round.time()).listen(RetryListener.into(round.ledger()));
    }

    /**
     * Tells a listener about each attempt from now on.
     *
     * @return this
     */
    public Retry listen(RetryListener listener) {
        listeners.add(listener);
        return this;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** What it does. */
    public RetryPolicy policy() {
        return policy;
    }

    /** What it has done so far. */
    public RetryStats stats() {
        return counts.stats();
    }

    /**
     * Does something until it succeeds, fails for good, or a limit is reached.
     *
     * @return what the attempt returned that succeeded
     * @throws RetriesExhaustedException if a limit is reached
     * @throws Exception what an attempt threw that is not worth a retry
     */
    public <T> T call(Callable<? extends T> task) throws Exception {
        return new Course(this).call(task);
    }

    /**
     * As {@link #call}, without a result.
     *
     * @throws Exception as there
     */
    public void run(Action action) throws Exception {
        call(() -> {
            action.run();
            return name;
        });
    }

    /**
     * As {@link #call}, for what answers later. Back-offs hold no thread, and no thread is interrupted.
     *
     * <p>Completing or cancelling the result from outside ends the back-off and begins no other attempt; the attempt that
     * runs then is left alone.
     *
     * @param task begins an attempt; the first on the calling thread
     * @param executor where later attempts begin
     * @return what completes as the last attempt does, never with a {@code CompletionException} around it
     */
    public <T> CompletionStage<T> callAsync(Supplier<? extends CompletionStage<? extends T>> task, Executor executor) {
        return new AsyncCall<T>(new Course(this), task, executor).start();
    }

    TimeSource time() {
        return time;
    }

    Counts counts() {
        return counts;
    }

    void called() {
        if (tokens != null) {
            tokens.called();
        }
    }

    boolean payRetry() {
        return tokens == null || tokens.take();
    }

    double draw(Lane lane) {
        long nth = draws.computeIfAbsent(lane, key -> new AtomicLong()).incrementAndGet();
        return seed.draw(new Site("retry", name), lane, nth);
    }

    Lane lane() {
        return Lane.currentOr(ANY);
    }

    void tell(RetryEvent event) {
        counts.ended(event);
        listeners.forEach(listener -> listener.attempted(event));
    }

    @Override
    public String toString() {
        return "retry \"" + name + "\": " + policy;
    }

    /**
     * What is tried, without a result.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Action {
        /** Makes one attempt. */
        void run() throws Exception;
    }
}
