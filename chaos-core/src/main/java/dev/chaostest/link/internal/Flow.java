// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Outlet;
import dev.chaostest.link.toxic.Signal;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: where bytes wait between the thread that reads and the one that writes.
 *
 * <p>While nothing is wrong, the flow is <em>plain</em>: the thread that reads writes too, and nothing waits here. Only the
 * reader hands in, and it writes by itself only when nothing is under way, so order is kept over each change.
 */
final class Flow {

    /** What may be under way in one direction; then the sender waits. */
    static final long UNDER_WAY_MAX = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Chain chain = new Chain();
    private final Runnable startWriter;
    private final AtomicBoolean writerStarted = new AtomicBoolean();
    private volatile boolean plain = true;
    private boolean held;
    private boolean over;
    private boolean woken;
    private TimeSource time = TimeSource.system();
    private @Nullable CompletableFuture<Void> timer;
    private long timerDue = Outlet.NEVER;

    /** @param startWriter starts the thread that takes from here; called once at most */
    Flow(Runnable startWriter) {
        this.startWriter = startWriter;
    }

    boolean isPlain() {
        return plain;
    }

    /** Puts a stage behind the others, unless it was taken out before. */
    void add(Slot slot) {
        lock.lock();
        try {
            if (slot.isRemoved()) {
                return;
            }
            time = slot.time();
            chain.add(slot);
            plain = false;
            wake();
        } finally {
            lock.unlock();
        }
        needWriter();
    }

    /** Takes a stage out; what it held goes on at once. */
    void remove(Slot slot) {
        slot.end();
        lock.lock();
        try {
            if (chain.remove(slot, time.nanos())) {
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops what would be written, or lets it go on. */
    void hold(boolean hold) {
        lock.lock();
        try {
            held = hold;
            plain &= !hold;
            wake();
        } finally {
            lock.unlock();
        }
        if (hold) {
            needWriter();
        }
    }

    /** Ends the flow: nobody waits here any more, and what is under way is forgotten. */
    void end() {
        lock.lock();
        try {
            over = true;
            unsetTimer();
            wake();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Not under the lock: where no more threads can be had, the connection is closed. */
    private void needWriter() {
        if (!writerStarted.getAndSet(true)) {
            startWriter.run();
        }
    }

    /** Hands bytes in, for the thread that reads; waits while too many are under way. */
    Put put(Chunk chunk) throws InterruptedException {
        lock.lock();
        try {
            while (!over && !plain && chain.size() >= UNDER_WAY_MAX) {
                room.await();
            }
            if (over || plain) { // it may have become plain since the reader looked
                return over ? Put.OVER : Put.PLAIN;
            }
            chain.offer(chunk, time.nanos());
            wake();
            return Put.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** Hands in what comes behind the bytes. */
    Put put(Signal signal) {
        lock.lock();
        try {
            if (over || plain) {
                return over ? Put.OVER : Put.PLAIN;
            }
            chain.offer(signal, time.nanos());
            wake();
            return Put.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** What became of what was handed in. */
    enum Put {
        /** It is under way. */
        TAKEN,
        /** Nothing is under way and nothing is wrong: the reader must write it. */
        PLAIN,
        /** The flow is over. */
        OVER
    }

    /** For the thread that writes: the next piece when it is due; null when the flow is over. */
    @Nullable
    Piece take() throws InterruptedException {
        lock.lock();
        try {
            while (!over) {
                chain.advance(time.nanos());
                if (chain.size() < UNDER_WAY_MAX) {
                    room.signalAll();
                }
                if (!held && chain.hasReady()) {
                    return chain.poll();
                }
                plain = !held && chain.isPlain();
                setTimer(chain.due());
                awaitChange();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What keeps or loses something here that would not go on by itself; null if nothing does.
     *
     * @param outage what it is that holds
     */
    @Nullable
    String keeper(String outage) {
        lock.lock();
        try {
            if (over) {
                return null;
            }
            return held && chain.size() > 0 ? outage : chain.keeper();
        } finally {
            lock.unlock();
        }
    }

    private void awaitChange() throws InterruptedException {
        while (!woken) {
            changed.await();
        }
        woken = false;
    }

    /** A flag beside the condition: a timer of no time wakes the thread that sets it, before it waits. */
    private void wake() {
        woken = true;
        changed.signalAll();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what follows a timer that is taken back is not wanted
    private void setTimer(long due) {
        if (due == timerDue && timer != null && !timer.isDone()) {
            return;
        }
        unsetTimer();
        if (due != Outlet.NEVER) {
            timerDue = due;
            CompletableFuture<Void> next = time.timer(Duration.ofNanos(due - time.nanos()));
            timer = next;
            next.thenRun(this::wakeLocked);
        }
    }

    private void unsetTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void wakeLocked() {
        lock.lock();
        try {
            wake();
        } finally {
            lock.unlock();
        }
    }
}
