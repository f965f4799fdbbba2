// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.lock.internal.LockSession;
import dev.chaostest.postgres.monitor.Activity;
import dev.chaostest.postgres.monitor.ServerState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lock in a session of its own. */
final class HeldBySession implements LockHolder {

    private static final Duration GONE = Duration.ofSeconds(5);

    private final LockSession session;
    private final LockRequest request;
    private final LockProbe probe;
    private final Duration within;
    private final Ledger ledger;
    private final LedgerEntry.Commanded commanded;
    private final AtomicBoolean active = new AtomicBoolean(true);

    HeldBySession(Taking taken, Ledger ledger) {
        this.session = taken.session();
        this.request = taken.request();
        this.probe = taken.probe();
        this.within = taken.within();
        this.ledger = ledger;
        this.commanded = ledger.commanded("hold " + request + " by " + session, request.reach());
    }

    @Override
    public int pid() {
        return session.pid();
    }

    @Override
    public LockRequest request() {
        return request;
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    @Override
    public List<Activity> waiters() {
        try {
            List<Integer> pids = probe.waitersOf(pid());
            if (pids.isEmpty()) {
                return List.of();
            }
            ServerState state = probe.state();
            return state.sessions().stream()
                    .filter(session -> session.blockedBy().contains(pid()))
                    .toList();
        } catch (SQLException e) {
            throw LockChecks.unanswered(e);
        }
    }

    @Override
    public List<Activity> awaitWaiter() {
        if (!request.isWaitedFor()) {
            throw new ChaosException("A lock must be one that others wait for, but nobody ever waits for " + request
                    + ". Look for 40001 at their statements or at COMMIT.");
        }
        try {
            return probe.await(this::waiters, waiters -> !waiters.isEmpty(), Deadline.in(within))
                    .orElseThrow(() -> new AssertionError("Some session must wait for " + request + " within "
                            + Durations.print(within)
                            + ", but none does. Have the code under test ask for it on another "
                            + "thread.\n  " + String.join("\n  ", probe.describe(Set.of(pid())))));
        } catch (SQLException e) {
            throw LockChecks.unanswered(e);
        }
    }

    @Override
    public void close() {
        if (!active.compareAndSet(true, false)) {
            return;
        }
        try {
            String how = release();
            requireGone();
            ledger.healed(commanded, how);
        } finally {
            session.close();
        }
    }

    private String release() {
        try {
            session.finish(session.start(connection -> {
                request.release(connection);
                return true;
            }));
            return "let go of " + request;
        } catch (SQLException e) { // it was killed, or its server crashed
            return request + " ended with its session, which answered " + e.getSQLState();
        }
    }

    private void requireGone() {
        boolean interrupted = Thread.interrupted(); // to let go goes on under one; it is restored
        try {
            List<String> left = probe.await(() -> probe.locksOf(session.identity()), List::isEmpty, Deadline.in(GONE))
                    .orElseGet(this::locks);
            if (!left.isEmpty()) {
                throw new ChaosException("No lock must be left of " + session + " that held " + request
                        + ", but after " + Durations.print(GONE) + " the server shows " + left
                        + ". End that session on the server, and report this.");
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "The server must say that no lock is left of " + session + " that held " + request
                            + ", but answered " + e.getSQLState()
                            + ". Keep it running until the lock is closed; see the cause.",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<String> locks() {
        try {
            return probe.locksOf(session.identity());
        } catch (SQLException e) {
            throw LockChecks.unanswered(e);
        }
    }

    @Override
    public String toString() {
        return (isActive() ? "held: " : "released: ") + request;
    }
}
