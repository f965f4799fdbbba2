// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A wait in one direction of a connection: what follows it goes on when it is over.
 *
 * <p>The peer sees nothing but silence. Its time begins when everything before it has gone on. It ends by itself when
 * it is due, or earlier when it is released or its connection ends.
 *
 * <pre>{@code
 * Hold hold = new Hold(Duration.ofMillis(250), end -> log.debug("over: {}", end));
 * steps.holdToServer(hold);
 * steps.toServer(message);
 * hold.release();
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Hold {

    /** How a wait ended. */
    public enum End {
        /** Its time was over. */
        DUE,
        /** {@link Hold#release} came first. */
        RELEASED,
        /** {@link Hold#cancel} came first: the client does not want the answer any more. */
        CANCELLED,
        /** The connection ended first, and what was held is lost. */
        CLOSED,
        /** Who waited would have waited for ever, and the connection was ended; see {@link Hold#untilHopeless}. */
        HOPELESS
    }

    private static final Duration WITHOUT_END = Duration.ofNanos(Long.MAX_VALUE);

    private final Duration length;
    private final Consumer<End> done;
    private final Duration patience;
    private final Predicate<Duration> hopeless;
    /** When it was last asked whether there is hope; as {@link #began}. */
    private final AtomicReference<@Nullable Long> asked = new AtomicReference<>();

    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final AtomicReference<@Nullable Long> began = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> waiter = new AtomicReference<>();

    /**
     * @param length how long, not negative
     * @param done told once, on the thread that ends the wait
     */
    public Hold(Duration length, Consumer<End> done) {
        this(length, done, WITHOUT_END, waited -> false);
    }

    private Hold(Duration length, Consumer<End> done, Duration patience, Predicate<Duration> hopeless) {
        if (length.isNegative()) {
            throw new IllegalArgumentException(
                    "hold must not be negative, but was " + length + ". To hold nothing, leave it out.");
        }
        this.length = length;
        this.done = done;
        this.patience = patience;
        this.hopeless = hopeless;
    }

    /** A wait that ends by being released only, or with its connection. */
    public static Hold untilReleased(Consumer<End> done) {
        return new Hold(WITHOUT_END, done);
    }

    /**
     * As {@link #untilReleased}; but where who reads has no time-out either, the connection ends when nothing else would end
     * the wait. Only a {@link FilteredSocket} knows that of its reader.
     *
     * @param patience how long is waited before that is asked, each time
     * @param hopeless asked on the reader's thread, with the time since the wait began
     */
    public static Hold untilHopeless(Duration patience, Predicate<Duration> hopeless, Consumer<End> done) {
        return new Hold(WITHOUT_END, done, patience, hopeless);
    }

    /** Ends the wait at once; without effect on one that is over. */
    public void release() {
        finish(End.RELEASED);
    }

    /**
     * Ends the wait at once because the client has cancelled what waits.
     *
     * @return false if it was over already
     */
    public boolean cancel() {
        return finish(End.CANCELLED);
    }

    /** Tells that the connection is gone; for mounts. */
    public void abandon() {
        finish(End.CLOSED);
    }

    /** How it ended; empty while it lasts. */
    public Optional<End> end() {
        return Optional.ofNullable(end.get());
    }

    /** Whether what follows may go on; the first question starts the clock. For mounts. */
    public boolean isOver(long now) {
        return left(now) <= 0;
    }

    /** The nanoseconds that are left, 0 or less if it is over; the first question starts the clock. */
    long left(long now) {
        if (end.get() != null) {
            return 0;
        }
        began.compareAndSet(null, now);
        Long since = began.get();
        long left = since == null ? 0 : length.toNanos() - (now - since);
        if (left <= 0) {
            finish(End.DUE);
        }
        return left;
    }

    /** The nanoseconds until it is to be asked whether there is hope. */
    long patience(long now) {
        Long since = asked.get() == null ? began.get() : asked.get();
        return patience.equals(WITHOUT_END) || since == null ? Long.MAX_VALUE : patience.toNanos() - (now - since);
    }

    /** Whether it may be ended since nothing else would. */
    boolean isUntilHopeless() {
        return !patience.equals(WITHOUT_END);
    }

    /** Whether one who waits without end waits in vain; asks no more often than the patience says. */
    boolean isHopeless(long now) {
        Long since = began.get();
        if (since == null || patience(now) > 0) {
            return false;
        }
        asked.set(now);
        return hopeless.test(Duration.ofNanos(now - since));
    }

    /** Ends the wait since it is hopeless. */
    void giveUp() {
        finish(End.HOPELESS);
    }

    /** Wakes whoever waits for the end, also if that was before. */
    void wake(Runnable waiting) {
        waiter.set(waiting);
        if (end.get() != null) {
            waiting.run();
        }
    }

    private boolean finish(End how) {
        if (!end.compareAndSet(null, how)) {
            return false;
        }
        done.accept(how);
        Runnable waiting = waiter.get();
        if (waiting != null) {
            waiting.run();
        }
        return true;
    }
}
