// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.lock.internal.LockSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The sessions that play in deadlocks, kept from one to the next: connecting would cost more than the deadlock. */
final class Crew implements AutoCloseable {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final DataSource source;
    private final LockProbe probe;
    /** By what they did last: settings that stay as they are need not be set. */
    private final Map<Boolean, Queue<Spare>> spare = Map.of(
            true, new ConcurrentLinkedQueue<>(),
            false, new ConcurrentLinkedQueue<>());

    private final Set<LockSession> all = ConcurrentHashMap.newKeySet();
    private volatile @Nullable DetectionTimes times;
    private volatile boolean closed;

    Crew(DataSource source) {
        this.source = source;
        this.probe = new LockProbe(source);
    }

    LockProbe probe() {
        return probe;
    }

    /** As they are for this role; asked once, since neither changes for it while a server runs. */
    DetectionTimes times(Duration within) throws SQLException {
        DetectionTimes known = times;
        if (known == null) {
            known = DetectionTimes.read(probe, within);
            times = known;
        }
        return new DetectionTimes(known.settable(), known.server(), within);
    }

    LockSession next(String what, boolean asVictim) {
        Queue<Spare> queue = queue(asVictim);
        for (Spare kept = queue.poll(); kept != null; kept = queue.poll()) {
            if (kept.isFresh() || kept.session().isAlive()) { // its server may have crashed meanwhile
                return kept.session();
            }
            discard(kept.session());
        }
        try {
            LockSession opened = LockSession.open(source);
            all.add(opened);
            return opened;
        } catch (SQLException e) {
            throw Refusals.notConnected(what, e);
        }
    }

    private Queue<Spare> queue(boolean asVictim) {
        return Objects.requireNonNull(spare.get(asVictim));
    }

    /** One that holds nothing. */
    void giveBack(LockSession session, boolean asVictim) {
        if (closed) {
            discard(session);
        } else {
            queue(asVictim).add(new Spare(session, System.nanoTime()));
        }
    }

    private record Spare(LockSession session, long since) {
        boolean isFresh() {
            return System.nanoTime() - since < FRESH_NANOS;
        }
    }

    /** One that is in an unknown state. */
    void discard(LockSession session) {
        all.remove(session);
        session.close();
    }

    /** Ends them all, whatever they are doing. */
    @Override
    public void close() {
        closed = true;
        all.forEach(this::discard);
        probe.close();
    }
}
