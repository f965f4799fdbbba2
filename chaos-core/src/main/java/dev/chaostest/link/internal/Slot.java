// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Outlet;
import dev.chaostest.link.toxic.Signal;
import dev.chaostest.link.toxic.Stage;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One stage of a chain, and what waits there.
 *
 * <p>The queue is under the lock of its flow; so are the stage's answers to bytes and signals. What it does after a time is
 * not: nothing is waited for with that lock held.
 */
final class Slot implements Outlet {

    private final Stage stage;
    private final TimeSource time;
    private final Peer sink;
    private final Runnable struck;
    private final String name;
    private final Queue<Piece> queue = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> timers = new CopyOnWriteArrayList<>();
    private long now;
    private volatile @Nullable Thread taker;
    private long latest = Long.MIN_VALUE;
    private long size;
    /** How much of what came was handed on. */
    private long passed;
    /** What the client had heard when something was lost here; nobody can wait for that once it has heard more. */
    private long lostAt = -1;

    private volatile boolean removed;

    /** @param name of the toxic and where it is, for messages */
    Slot(Stage stage, TimeSource time, Peer sink, Runnable struck, String name) {
        this.stage = stage;
        this.time = time;
        this.sink = sink;
        this.struck = struck;
        this.name = name;
    }

    TimeSource time() {
        return time;
    }

    /** Without the lock of the flow: it may close the connection. */
    void begin() {
        now = time.nanos();
        stage.begin(this);
    }

    void take(Piece piece, long at) {
        now = at;
        taker = Thread.currentThread();
        if (piece.chunk() != null) {
            passed = 0;
            stage.bytes(piece.chunk(), this);
            lostAt = passed < piece.chunk().length() ? sink.heard() : lostAt;
        } else if (piece.signal() != null) {
            stage.signal(piece.signal(), this);
        }
        taker = null;
    }

    /** The next piece if it is due by then, or in any case. */
    @Nullable
    Piece poll(long by) {
        Piece first = queue.peek();
        if (first == null || first.due() > by) {
            return null;
        }
        size -= first.size();
        return queue.poll();
    }

    /** When the next piece is due; never if there is none. */
    long due() {
        Piece first = queue.peek();
        return first == null ? NEVER : first.due();
    }

    long size() {
        return size;
    }

    /** Its name if something is lost or kept here that nothing but its end brings back; else null. */
    @Nullable
    String keeper() {
        boolean kept = lostAt == sink.heard() || (size > 0 && due() == NEVER);
        return kept && timers.stream().allMatch(CompletableFuture::isDone) ? name : null;
    }

    boolean isRemoved() {
        return removed;
    }

    /** What it was to do after a time it does no more. */
    void end() {
        removed = true;
        timers.forEach(timer -> timer.cancel(false));
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void pass(Chunk chunk, long due) {
        passed += chunk.length();
        add(new Piece(chunk, null, latest(due)));
    }

    @Override
    public void pass(Signal signal, long due) {
        add(new Piece(null, signal, latest(due)));
    }

    private long latest(long due) {
        latest = Math.max(latest, due);
        return latest;
    }

    private void add(Piece piece) {
        if (taker != Thread.currentThread()) {
            throw new IllegalStateException("a stage must hand on while it is given bytes or a signal, but did so at "
                    + "another time. Hand them on at once, with the time at which they are due.");
        }
        queue.add(piece);
        size += piece.size();
    }

    @Override
    public void after(Duration delay, Runnable action) {
        CompletableFuture<Void> timer = time.timer(delay);
        timers.add(timer);
        whenDone(timer, () -> {
            if (!removed) {
                perform(action);
            }
        });
        if (removed) {
            timer.cancel(false);
        }
    }

    /** Nobody looks at what becomes of a timer, so a failure must be told here. */
    private void perform(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            sink.failed(e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what follows a timer that is taken back is not wanted
    private static void whenDone(CompletableFuture<Void> timer, Runnable action) {
        timer.thenRun(action);
    }

    @Override
    public void close() {
        requireOutside();
        sink.closeAll();
    }

    @Override
    public void reset() {
        requireOutside();
        sink.reset();
    }

    /** Closing waits for other locks than the flow's. */
    private void requireOutside() {
        if (taker == Thread.currentThread()) { // another thread may be handing in while a time is up here
            throw new IllegalStateException(
                    "a stage must close or reset when it begins or after a time, but did so for "
                            + "bytes. Hand on Signal.CLOSE or Signal.RESET behind them instead.");
        }
    }

    @Override
    public void struck() {
        struck.run();
    }
}
