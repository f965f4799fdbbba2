// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A filter and the two backlogs that it fills. The lock guards memory only: no I/O happens under it, and who waits lets
 * go of it, so whoever closes may take it. Nothing takes it to learn that a backlog is empty, as it nearly always is.
 */
final class Duplex implements Steps {

    /** For what no signal tells: another thread is just sending, or failed to. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Filter filter;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Backlog toServer = new Backlog();
    private final Backlog toClient = new Backlog();
    private @Nullable Runnable cutDone;
    private @Nullable CutKind cutAsked;
    private boolean gone;

    private final InPlace inPlaceToServer = new InPlace();
    private final InPlace inPlaceToClient = new InPlace();

    /** What closes the connection whoever waits on it. */
    private final Runnable closer;

    Duplex(Filter filter, LongSupplier nanoClock) {
        this(filter, nanoClock, () -> {});
    }

    /** @param closer closes the connection as after a cut, from any thread */
    Duplex(Filter filter, LongSupplier nanoClock, Runnable closer) {
        this.filter = filter;
        this.nanoClock = nanoClock;
        this.closer = closer;
    }

    /**
     * Feeds what the client writes; answers how much of its begin is to be sent at once as it is. The rest is in the
     * backlog, and while that is not empty the array stays borrowed until {@link #clientTakesBack}.
     */
    int clientSends(byte[] array, int offset, int length) {
        lock.lock();
        try {
            if (toServer.isEmpty()) {
                inPlaceToServer.begin(array, offset);
            }
            toServer.borrow(array);
            if (!gone) {
                filter.fromClient(ByteBuffer.wrap(array, offset, length), this);
            }
            return inPlaceToServer.length();
        } finally {
            inPlaceToServer.end();
            if (toServer.isEmpty()) {
                toServer.own();
            }
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
        lock.lock();
        try {
            if (toClient.isEmpty()) {
                inPlaceToClient.begin(array, offset);
            }
            if (!gone) {
                filter.fromServer(ByteBuffer.wrap(array, offset, length), this);
            }
            return inPlaceToClient.length();
        } finally {
            inPlaceToClient.end();
            lock.unlock();
        }
    }

    /** Feeds what the server sent and the client did not ask for yet. */
    void serverPeeked(byte[] array, int length) {
        lock.lock();
        try {
            if (!gone) {
                filter.fromServer(ByteBuffer.wrap(array, 0, length), this);
            }
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
            return toClient.take(array, offset, length, nanoClock.getAsLong());
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
            return toServer.poll(nanoClock.getAsLong());
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
            return toClient.ready(nanoClock.getAsLong());
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
            return toServer.held(nanoClock.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is worth looking for bytes to the client again, at most so long. */
    void awaitToClient(long nanosMax) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long now = nanoClock.getAsLong();
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
            await(toServer.held(nanoClock.getAsLong()), Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop, with I/O in between
    private void await(long held, long nanosMax) throws InterruptedException {
        if (!gone) {
            changed.await(Math.min(nanosMax, held > 0 ? held : LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
        }
    }

    boolean isToClientHeld() {
        if (toClient.isEmpty()) {
            return false;
        }
        lock.lock();
        try {
            return toClient.isHeld(nanoClock.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Whether the filter asked for a cut and everything before it is on its way. */
    boolean isCutDue() {
        lock.lock();
        try {
            if (cutAsked == null || gone) {
                return false;
            }
            long now = nanoClock.getAsLong();
            return toServer.isAtEnd(now) && toClient.mayEnd(now);
        } finally {
            lock.unlock();
        }
    }

    /** How the filter asked for a cut. */
    boolean isReset() {
        lock.lock();
        try {
            return cutAsked == CutKind.RST;
        } finally {
            lock.unlock();
        }
    }

    /** The connection was cut as the filter asked. */
    void cutDone() {
        lock.lock();
        try {
            Runnable done = cutDone;
            cutDone = null;
            if (done != null) {
                done.run();
            }
        } finally {
            lock.unlock();
        }
        gone();
    }

    /** The connection is gone; the second call does nothing. */
    void gone() {
        lock.lock();
        try {
            if (gone) {
                return;
            }
            gone = true;
            toServer.abandon();
            toClient.abandon();
            filter.closed();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    @Override
    public void toServer(ByteBuffer bytes) {
        if (!toServer.isEmpty() || !inPlaceToServer.takes(bytes)) {
            toServer.add(bytes);
        }
    }

    @Override
    public void toServerInTurn(Supplier<ByteBuffer> bytes) {
        toServer.add(bytes);
    }

    @Override
    public void toClient(ByteBuffer bytes) {
        if (!toClient.isEmpty() || !inPlaceToClient.takes(bytes)) {
            toClient.add(bytes);
        }
    }

    @Override
    public void holdToServer(Hold hold) {
        toServer.add(hold);
        hold.wake(this::wake);
    }

    @Override
    public void holdToClient(Hold hold) {
        toClient.add(hold);
        hold.wake(this::wake);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cut(Runnable done) {
        cut(CutKind.FIN, done);
    }

    @Override
    public void cut(CutKind kind, Runnable done) {
        if (cutAsked == null) {
            cutAsked = kind;
            cutDone = done;
            toServer.end();
            toClient.end();
        }
    }

    @Override
    public Runnable ender() {
        return () -> {
            lock.lock();
            try {
                if (gone) {
                    return;
                }
                cut(() -> {});
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            closer.run();
        };
    }
}
