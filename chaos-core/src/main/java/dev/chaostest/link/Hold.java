// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
        /** The connection ended first, and what was held is lost. */
        CLOSED
    }

    private final Duration length;
    private final Consumer<End> done;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final AtomicReference<@Nullable Long> began = new AtomicReference<>();

    /**
     * @param length how long, not negative
     * @param done told once, on the thread that ends the wait
     */
    public Hold(Duration length, Consumer<End> done) {
        if (length.isNegative()) {
            throw new IllegalArgumentException(
                    "hold must not be negative, but was " + length + ". To hold nothing, leave it out.");
        }
        this.length = length;
        this.done = done;
    }

    /** Ends the wait at once; without effect on one that is over. */
    public void release() {
        finish(End.RELEASED);
    }

    /** Tells that the connection is gone; for mounts. */
    public void abandon() {
        finish(End.CLOSED);
    }

    /** Whether what follows may go on; the first question starts the clock. For mounts. */
    public boolean isOver(long now) {
        if (end.get() != null) {
            return true;
        }
        began.compareAndSet(null, now);
        Long since = began.get();
        if (since != null && now - since >= length.toNanos()) {
            finish(End.DUE);
            return true;
        }
        return false;
    }

    private void finish(End how) {
        if (end.compareAndSet(null, how)) {
            done.accept(how);
        }
    }
}
