// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something is so, by looking again and again.
 *
 * <p>Looks at once, every 50 milliseconds, and a last time at the deadline; what is so already is not waited for. An
 * exception or a failed assertion counts as "not yet"; if the time ends, the error says the last value and the last
 * exception, which is its cause. Looks on a daemon thread of its own, so that a look that hangs ends the wait, too, five
 * seconds after the deadline. An interrupt ends the wait at once and stays set. Other {@code Error}s end it, too.
 *
 * <p>Nothing is waited for until {@link #within} or {@link #await} is called. To wait for an event, prefer
 * {@link EventCollector}: what comes and goes between two looks is not seen here.
 *
 * <pre>{@code
 * eventually(() -> orders.isPaid(7)).within(Duration.ofSeconds(5));
 * eventually(() -> assertThat(orders.open()).isEmpty()).within(Duration.ofSeconds(5));
 * Order paid = value(() -> orders.find(7)).until(Order::isPaid).within(Duration.ofSeconds(5));
 * never(() -> account.balance() < 0).during(Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param <T> what is looked at
 * @since 0.1
 */
public final class Eventually<T extends @Nullable Object> {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final String what;
    private final String must;
    private final Callable<? extends T> source;
    private final Predicate<? super T> enough;
    private final Pace pace;

    private Eventually(String what, String must, Callable<? extends T> source, Predicate<? super T> enough, Pace pace) {
        this.what = what;
        this.must = must;
        this.source = source;
        this.enough = enough;
        this.pace = pace;
    }

    /** As AssertJ and JUnit assert: it returns, or throws an {@code AssertionError}. */
    @FunctionalInterface
    public interface Assertion {
        /** Asserts. */
        void check() throws Exception;
    }

    /** A value, before it is said what it is to become. */
    @FunctionalInterface
    public interface Value<T extends @Nullable Object> {
        /**
         * Says what it is to become.
         *
         * @param predicate what it throws counts as "not yet"
         */
        Eventually<T> until(Predicate<? super T> predicate);
    }

    /** A condition that must come true. */
    public static Eventually<Boolean> eventually(Callable<Boolean> condition) {
        return new Eventually<>("The condition", "hold", condition, Boolean.TRUE::equals, Pace.ofDefaults());
    }

    /** An assertion that must come to hold. */
    public static Eventually<Boolean> eventually(Assertion assertion) {
        Callable<Boolean> source = () -> {
            assertion.check();
            return true;
        };
        return new Eventually<>("The assertion", "hold", source, Boolean.TRUE::equals, Pace.ofDefaults());
    }

    /** A value that must become something; the wait returns it. */
    public static <T extends @Nullable Object> Value<T> value(Callable<? extends T> source) {
        return predicate ->
                new Eventually<>("The value", "become what is waited for", source, predicate, Pace.ofDefaults());
    }

    /** A condition that must not come true. What it throws fails the test: who can't look has not seen that all is well. */
    public static Never never(Callable<Boolean> condition) {
        return new Never("The condition", condition, Pace.ofDefaults());
    }

    static <S> Eventually<S> state(String what, Callable<? extends S> source, S expected, Pace pace) {
        return new Eventually<>(what, "be " + Texts.of(expected), source, expected::equals, pace);
    }

    /** Names it, for the message. */
    public Eventually<T> as(String name) {
        return new Eventually<>("\"" + name + "\"", must, source, enough, pace);
    }

    /** Looks so often, instead of every 50 milliseconds. */
    public Eventually<T> every(Duration pause) {
        return with(pace.every(pause, pause));
    }

    /** Backs off: looks again after the first pause, then after twice as long, and so on; at least so often as said last. */
    public Eventually<T> every(Duration first, Duration most) {
        return with(pace.every(first, most));
    }

    /**
     * Waits on this time instead of the system's. {@link dev.chaostest.time.VirtualTime} must be moved on by another
     * thread; a wait on it sets two timers, one for the next look and one for the end.
     */
    public Eventually<T> on(TimeSource time) {
        return with(pace.on(time));
    }

    /**
     * Looks on the calling thread: for what is bound to it, such as its transaction, or the lane of a worker. A look that
     * hangs is then not ended by the deadline.
     */
    public Eventually<T> onThisThread() {
        return with(pace.onThisThread());
    }

    private Eventually<T> with(Pace other) {
        return new Eventually<>(what, must, source, enough, other);
    }

    /**
     * Waits, ten seconds at most.
     *
     * @return the value that was enough
     * @throws WatchError if there was none
     */
    public T await() {
        return within(DEADLINE);
    }

    /**
     * Waits.
     *
     * @param deadline not negative; zero looks once
     * @return the value that was enough
     * @throws WatchError if there was none in time
     * @throws dev.chaostest.plan.ChaosException if the thread is interrupted; its flag stays set
     */
    public T within(Duration deadline) {
        return within(deadline, new Sightings());
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the source gave; null if T may be
    private T within(Duration deadline, Sightings seen) {
        Polling polling = new Polling(what, pace, deadline, seen.looking(() -> seen.look(source) && isEnough(seen)));
        Polling.End end = polling.run();
        if (end.enough()) {
            return (T) seen.last();
        }
        throw new WatchError(
                what + " must " + must + " within " + Durations.print(deadline)
                        + ", but did not. Check what the code did instead, or allow it more time."
                        + seen.lines(polling.elapsed()) + hanging(end),
                seen.thrown());
    }

    @SuppressWarnings("unchecked") // what the source gave
    private boolean isEnough(Sightings seen) {
        return seen.judge(() -> enough.test((T) seen.last()));
    }

    static String hanging(Polling.End end) {
        return end.hangs()
                ? Texts.line(
                        "hangs",
                        "the last look did not end, was interrupted and left behind; it was here:" + end.stack())
                : "";
    }
}
