// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.link.toxic.Signal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A filter and the two backlogs that it fills, for a mount of any kind. The lock guards memory only: no I/O happens under it,
 * and who waits lets go of it, so whoever closes may take it.
 */
final class Filtering {

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    final Side toServer = new Side();
    final Side toClient = new Side();

    /** Few, since each is over with its cause. */
    final List<Hold> stalls = new CopyOnWriteArrayList<>();

    private final Filter filter;
    private final Steps wishes = new Wishes(this);
    private final LongSupplier nanoClock;
    private volatile Runnable ending = () -> {};
    private volatile BooleanSupplier direct = () -> true;
    private @Nullable Runnable cutDone;
    private @Nullable CutKind cutAsked;
    private boolean gone;

    Filtering(Filter filter, LongSupplier nanoClock) {
        this.filter = filter;
        this.nanoClock = nanoClock;
    }

    /** What has a cut carried out that nobody who feeds asked for, from any thread; to be said before bytes come. */
    void endedBy(Runnable how) {
        ending = how;
    }

    /** Whether what is said to the client gets there as it is; to be said before bytes come. */
    void leadsToClient(BooleanSupplier now) {
        direct = now;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    boolean isGone() {
        return gone;
    }

    /** Shows the filter what came on its way there; for who holds the lock. */
    void feed(Side way, ByteBuffer bytes) {
        if (gone) {
            return;
        }
        if (way == toServer) {
            filter.fromClient(bytes, wishes);
        } else {
            filter.fromServer(bytes, wishes);
        }
    }

    /** Whether the client waits for an answer, as far as the filter knows; for who holds the lock. */
    Optional<Boolean> isAnswerDue() {
        return gone ? Optional.empty() : filter.isAnswerDue();
    }

    /** Whether the client may wait for what never comes, though nothing is held. */
    boolean isStalled() {
        return !stalls.isEmpty() && stalls.stream().anyMatch(hold -> hold.end().isEmpty());
    }

    /** Whether the filter asked for a cut and everything before it is on its way. */
    boolean isCutDue() {
        lock.lock();
        try {
            if (cutAsked == null || gone) {
                return false;
            }
            long now = now();
            return toServer.backlog.isAtEnd(now) && toClient.backlog.mayEnd(now);
        } finally {
            lock.unlock();
        }
    }

    /** How the filter asked for a cut; null if it did not. */
    @Nullable
    CutKind cutAsked() {
        lock.lock();
        try {
            return cutAsked;
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
            if (done != null && !gone) {
                done.run();
            }
        } finally {
            lock.unlock();
        }
        gone();
    }

    /** The source has said its last, behind what came before. A client that has left loses what is held for it. */
    void sourceEnded(Side way, Signal how) {
        lock.lock();
        try {
            if (way == toServer && (how != Signal.END || !filter.mayClientHalfClose())) {
                toServer.backlog.dropHeld(now());
                toClient.backlog.dropAll();
                gone();
            }
            way.backlog.end(how);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Takes the next bytes that may go that way now. Who is cut hears the last of it when the server's side is closed and the cut
     * is told of: he may act on it at once.
     */
    Backlog.@Nullable Piece poll(Side way) {
        lock.lock();
        try {
            long now = now();
            if (isLastWord(way, now)) {
                if (!toServer.isOver()) {
                    return null;
                }
                cutDone();
            }
            return way.backlog.poll(now);
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing but the cut keeps the client from hearing all that it will ever hear. */
    private boolean isLastWord(Side way, long now) {
        return cutAsked != null && way == toClient && toClient.backlog.mayEnd(now);
    }

    /** How one way is to end, if it has come to its end; the client's behind the server's. */
    @Nullable
    Signal takeEnd(Side way) {
        lock.lock();
        try {
            if (!isEndDue(way, now())) {
                return null;
            }
            if (cutAsked == null) {
                return way.backlog.last();
            }
            if (way == toClient) {
                cutDone();
            }
            return cutAsked == CutKind.RST ? Signal.RESET : Signal.END;
        } finally {
            lock.unlock();
        }
    }

    private boolean isEndDue(Side way, long now) {
        return !way.isOver() && way.backlog.isAtEnd(now) && (cutAsked == null || way == toServer || toServer.isOver());
    }

    /** Whether there is something to send that way now; for who holds the lock. */
    boolean isDue(Side way, long now) {
        boolean ready = way.backlog.isReady(now) && (toServer.isOver() || !isLastWord(way, now));
        return ready || isEndDue(way, now);
    }

    /** Nothing more goes that way. */
    void over(Side way) {
        lock.lock();
        try {
            way.end();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    boolean isOver(Side way) {
        lock.lock();
        try {
            return way.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** The connection is gone; the second call does nothing. */
    void gone() {
        lock.lock();
        try {
            if (gone) {
                return;
            }
            gone = true;
            toServer.backlog.abandon();
            toClient.backlog.abandon();
            filter.closed();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Has whoever waits look again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The filter wants the connection cut, behind what was said before; for who holds the lock. */
    void askCut(CutKind kind, Runnable done) {
        if (cutAsked == null) {
            cutAsked = kind;
            cutDone = done;
            toServer.backlog.end(Signal.END);
            toClient.backlog.end(Signal.END);
        }
    }

    /** Whether what is said to the client may come late or never. */
    boolean mayLoseForClient() {
        return !direct.getAsBoolean();
    }

    /** Ends the connection at once, from any thread. */
    void endNow() {
        lock.lock();
        try {
            if (gone) {
                return;
            }
            askCut(CutKind.FIN, () -> {});
            changed.signalAll();
            if (lock.getHoldCount() > 1) { // the filter itself asks: who feeds it carries out the cut
                return;
            }
        } finally {
            lock.unlock();
        }
        ending.run();
    }
}
