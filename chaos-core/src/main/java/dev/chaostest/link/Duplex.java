// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A filter inside the client's own process: what it wants done is done by who reads and who writes. Nothing takes the lock to
 * learn that a backlog is empty, as it nearly always is.
 */
final class Duplex {

    /** For what no signal tells: another thread is just sending, or failed to. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Filtering filtering;
    private final ReentrantLock lock;
    private final Condition changed;
    private final Backlog toServer;
    private final Backlog toClient;

    /** @param closer closes the connection as after a cut, from any thread and whoever waits on it */
    Duplex(Filter filter, LongSupplier nanoClock, Runnable closer) {
        this.filtering = new Filtering(filter, nanoClock);
        filtering.endedBy(closer);
        this.lock = filtering.lock;
        this.changed = filtering.changed;
        this.toServer = filtering.toServer.backlog;
        this.toClient = filtering.toClient.backlog;
    }

    /**
     * Feeds what the client writes; answers how much of its begin is to be sent at once as it is. The rest is in the
     * backlog, and while that is not empty the array stays borrowed until {@link #clientTakesBack}.
     */
    int clientSends(byte[] array, int offset, int length) {
        Side side = filtering.toServer;
        lock.lock();
        try {
            filtering.feed(side, side.begin(array, offset, length, true));
            return side.lent.staying();
        } finally {
            side.decided();
            changed.signalAll();
            lock.unlock();
        }
    }

    void clientTakesBack() {
        lock.lock();
        try {
            toServer.own();
        } finally {
            lock.unlock();
        }
    }

    /** Feeds what the server sent, which lies in the client's array; answers how much of it may stay there as it is. */
    int serverSent(byte[] array, int offset, int length) {
        Side side = filtering.toClient;
        lock.lock();
        try {
            filtering.feed(side, side.begin(array, offset, length, false));
            return side.lent.staying();
        } finally {
            side.decided();
            lock.unlock();
        }
    }

    /** Feeds what the server sent and the client did not ask for yet. */
    void serverPeeked(byte[] array, int length) {
        lock.lock();
        try {
            filtering.feed(filtering.toClient, ByteBuffer.wrap(array, 0, length));
        } finally {
            lock.unlock();
        }
    }

    /** Takes what the client may read now. */
    int take(byte[] array, int offset, int length) {
        if (toClient.isEmpty()) {
            return 0;
        }
        lock.lock();
        try {
            return toClient.take(array, offset, length, filtering.now());
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next bytes that may go to the server now. */
    Backlog.@Nullable Piece poll() {
        if (toServer.isEmpty()) {
            return null;
        }
        lock.lock();
        try {
            return toServer.poll(filtering.now());
        } finally {
            lock.unlock();
        }
    }

    int ready() {
        if (toClient.isEmpty()) {
            return 0;
        }
        lock.lock();
        try {
            return toClient.ready(filtering.now());
        } finally {
            lock.unlock();
        }
    }

    int bytesToServer() {
        if (toServer.isEmpty()) {
            return 0;
        }
        lock.lock();
        try {
            return toServer.bytes();
        } finally {
            lock.unlock();
        }
    }

    boolean isToServerPending() {
        return !toServer.isEmpty();
    }

    boolean isToClientPending() {
        return !toClient.isEmpty();
    }

    /** The nanoseconds until what goes to the server next is due; 0 if it is. */
    long heldToServer() {
        lock.lock();
        try {
            return toServer.held(filtering.now());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is worth looking for bytes to the client again, at most so long. */
    void awaitToClient(long nanosMax) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long now = filtering.now();
            if (toClient.ready(now) == 0) {
                // Where nothing is held to the client, its end waits for what goes to the server before.
                await(toClient.isHeld(now) ? toClient.held(now) : toServer.held(now), nanosMax);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is worth sending again. */
    void awaitToServer() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            await(toServer.held(filtering.now()), Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop, with I/O in between
    private void await(long held, long nanosMax) throws InterruptedException {
        if (!filtering.isGone()) {
            changed.await(Math.min(nanosMax, held > 0 ? held : LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
        }
    }

    boolean isToClientHeld() {
        if (toClient.isEmpty()) {
            return false;
        }
        lock.lock();
        try {
            return toClient.isHeld(filtering.now());
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client may wait for what never comes, though nothing is held. */
    boolean isStalled() {
        return filtering.isStalled();
    }

    /** The nanoseconds until somebody who reads without end is to ask whether there is hope. */
    long patience() {
        lock.lock();
        try {
            long now = filtering.now();
            return Math.min(patience(toClient.front(now), now), patience(toServer.front(now), now));
        } finally {
            lock.unlock();
        }
    }

    private static long patience(@Nullable Hold hold, long now) {
        return hold == null ? Long.MAX_VALUE : hold.patience(now);
    }

    /** Whether a reader without end waits in vain. */
    boolean isHopeless() {
        if (toServer.isEmpty() && toClient.isEmpty() && !isStalled()) {
            return false;
        }
        lock.lock();
        try {
            long now = filtering.now();
            for (Hold stall : filtering.stalls) {
                if (!stall.isOver(now) && stall.isHopeless(now)) { // the first question starts its clock
                    return true;
                }
            }
            return isHopeless(toClient.front(now), now) || isHopeless(toServer.front(now), now);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isHopeless(@Nullable Hold hold, long now) {
        return hold != null && hold.isHopeless(now);
    }

    /** The connection has been ended for that. */
    void givenUp() {
        lock.lock();
        try {
            long now = filtering.now();
            giveUp(toClient, now);
            giveUp(toServer, now);
            filtering.stalls.forEach(Hold::giveUp);
        } finally {
            lock.unlock();
        }
        gone();
    }

    /** What waited must not go on now. */
    private static void giveUp(Backlog direction, long now) {
        Hold hold = direction.front(now);
        if (hold != null) {
            hold.giveUp();
            direction.dropAll();
        }
    }

    boolean isCutDue() {
        return filtering.isCutDue();
    }

    @Nullable
    CutKind cutAsked() {
        return filtering.cutAsked();
    }

    void cutDone() {
        filtering.cutDone();
    }

    /** The connection is gone; the second call does nothing. */
    void gone() {
        filtering.gone();
    }
}
