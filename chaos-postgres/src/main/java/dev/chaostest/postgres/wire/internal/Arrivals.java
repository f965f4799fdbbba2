// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the plan about what arrives on one connection, which is one lane in each round. */
final class Arrivals {

    private final Session session;
    private final Mount mount;
    private final Waits waits;
    private final ReentrantLock deciding = new ReentrantLock();

    /** Seen by the connection of a cancel request, which is about the statement of this one. */
    private volatile @Nullable InRound place;

    Arrivals(Session session, Mount mount, Waits waits) {
        this.session = session;
        this.mount = mount;
        this.waits = waits;
    }

    /** Asks about a statement; null if nothing strikes. */
    @Nullable
    Call of(Site site, Supplier<String> text) {
        InRound now = inRound();
        return now == null || session.isDoomed() ? null : arrives(now, site, text);
    }

    /** Asks about something that is sent here, but is about that connection. */
    @Nullable
    Call about(Arrivals other, Site site) {
        InRound now = other.inRound();
        return now == null ? null : arrives(now, site, site::name);
    }

    private @Nullable Call arrives(InRound now, Site site, Supplier<String> text) {
        deciding.lock();
        try {
            Strike strike = now.round.at(site, now.lane, now.transactions.next(site), text, Session.MACHINERY);
            return strike == null ? null : new Call(site.name(), strike, waits);
        } finally {
            deciding.unlock();
        }
    }

    private @Nullable InRound inRound() {
        Round now = mount.armed();
        InRound known = place;
        if (now == null) {
            place = null;
            return null;
        }
        if (known == null || known.round != now) {
            known = new InRound(now, now.newLane("connection"), new TransactionCount(session.isInTransaction()));
            place = known;
        }
        return known;
    }

    /** Whether a transaction block is open as far as the client has said; only while armed. */
    boolean isInBlock() {
        InRound known = place;
        return known == null ? session.isInTransaction() : known.transactions.isOpen();
    }

    /** Whether what the client gives up waited here, and not for the server. */
    boolean cancelWait() {
        return Waits.cancel(waiting());
    }

    /** What the ledger says has fired waits for certain, so that a cancel does not miss it. */
    private Map<Hold, Boolean> waiting() {
        deciding.lock();
        try {
            return waits.cancelled();
        } finally {
            deciding.unlock();
        }
    }

    /** What this connection is in a round. */
    private record InRound(Round round, Lane lane, TransactionCount transactions) {}
}
