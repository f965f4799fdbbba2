// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.lock.internal.LockSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Holds locks from sessions of our own, and asks the server who waits.
 *
 * <p>The application waits as for any other session, until its own {@code lock_timeout} (55P03), {@code statement_timeout}
 * (57014) or for ever. Each lock has a session of its own: they don't disturb each other, and none is the application's.
 * Whether somebody is blocked is asked of the server, never guessed from time; the waits go by real time, also in a scope with
 * virtual time.
 *
 * <p>Defaults: a lock is taken, and a waiter awaited, within 10 s. In a dry run nothing is held.
 *
 * <pre>{@code
 * Locks locks = Locks.of(scope, bank);
 * try (LockHolder holder = locks.hold(LockRequest.table("account", TableLockMode.ACCESS_EXCLUSIVE))) {
 *     assertThatThrownBy(() -> service.pay(1)).hasRootCauseInstanceOf(PSQLException.class); // 55P03
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. Works on PostgreSQL 15 to 18.
 *
 * @since 0.1
 */
public final class Locks {

    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final ChaosScope scope;
    private final DataSource source;
    private final LockProbe probe;
    private final LockChecks checks;

    private Locks(ChaosScope scope, DataSource source, LockProbe probe, Duration within) {
        this.scope = scope;
        this.source = source;
        this.probe = probe;
        this.checks = new LockChecks(probe, within);
    }

    /**
     * Locks of one scope, whose end closes those that are still held.
     *
     * @param source connects to the database past all seams, so that no fault strikes here; best one that connects anew each
     *     time. Tables without a schema are looked for on its search_path
     */
    public static Locks of(ChaosScope scope, DataSource source) {
        return new Locks(scope, source, scope.own("the look at locks", new LockProbe(source)), WITHIN);
    }

    /**
     * The same with another deadline for taking a lock and for waiting.
     *
     * @param deadline at least 1 ms
     * @throws ChaosException if it is shorter
     */
    public Locks within(Duration deadline) {
        return new Locks(scope, source, probe, required(deadline));
    }

    static Duration required(Duration deadline) {
        if (deadline.toMillis() < 1) {
            throw new ChaosException("A deadline must be at least 1ms, but was " + Durations.print(deadline)
                    + ". Give the server a few seconds.");
        }
        return deadline;
    }

    /**
     * Takes a lock in a new session, and holds it.
     *
     * @return lets go of it when it is closed
     * @throws ChaosException if somebody else holds it for longer than the deadline, with who waits for whom; if the server
     *     refuses it; if faults are {@linkplain ChaosScope#forbidFaults forbidden}; if the caller is interrupted
     * @throws IllegalStateException if the scope is closed already; where it is healed already, the lock is let go of at once
     */
    public LockHolder hold(LockRequest request) {
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            scope.ledger().noted("dry run: would have held " + request);
            return new NotHeld(request);
        }
        LockSession session = open(request);
        try {
            Taking taking = new Taking(session, request, probe, checks.within());
            taking.run();
            HeldBySession holder = new HeldBySession(taking, scope.ledger());
            scope.own(request.toString(), holder);
            scope.round().whenOver(holder::close);
            return holder;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private LockSession open(LockRequest request) {
        try {
            return LockSession.open(source);
        } catch (SQLException e) {
            throw Refusals.notConnected(request.toString(), e);
        }
    }

    /**
     * Waits until one of these sessions waits for another session: for a lock of any kind, or for a safe snapshot.
     *
     * @return the process ids of those that do
     * @throws AssertionError if none does within the deadline, with who waits for whom
     * @throws ChaosException if the server does not answer, or the caller is interrupted
     */
    public List<Integer> awaitBlocked(Sessions sessions) {
        return checks.awaitBlocked(sessions);
    }

    /**
     * Checks that one of these sessions waits for another one now.
     *
     * @throws AssertionError if none does, with who waits for whom
     */
    public void assertBlocked(Sessions sessions) {
        checks.assertBlocked(sessions);
    }

    /**
     * Checks that none of these sessions waits for another one now.
     *
     * @throws AssertionError if one does, with who waits for whom
     */
    public void assertNotBlocked(Sessions sessions) {
        checks.assertNotBlocked(sessions);
    }

    /**
     * Checks that one of these sessions holds a table in exactly this mode; it may hold others beside it.
     *
     * @throws AssertionError if none does, with what it holds instead
     */
    public void assertHolds(Sessions sessions, TableLockMode mode, String table) {
        checks.assertHolds(sessions, mode, table);
    }
}
