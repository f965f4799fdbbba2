// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.pool.internal.Gate;
import dev.chaostest.postgres.pool.internal.Gated;
import dev.chaostest.postgres.pool.internal.Sessions;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Finds what borrowers leave in the sessions of a pool for the next one: settings, a role, advisory locks, temporary tables,
 * prepared statements, cursors, channels, a transaction that was begun by hand.
 *
 * <p>Each session is looked at when it is lent, before its borrower has it, and once more at the end; what is different from
 * its first time is a leak of the one who had it in between. That costs a query for each borrowing, which no rule strikes. A
 * read-only or isolation level that was set through JDBC is none: HikariCP takes that back. See {@link SessionState} for what
 * can't be seen.
 *
 * <p>The statement is a guess: one that this round has seen and that names the thing. It needs the wire seam.
 *
 * <pre>{@code
 * SessionLeaks leaks = SessionLeaks.watch(scope, pool);
 * service.report();
 * leaks.requireNone();
 * }</pre>
 *
 * <p>Safe for use by many threads; {@link #found} looks at idle connections, so it is asked when the work is done.
 *
 * @since 0.1
 */
public final class SessionLeaks implements AutoCloseable {

    private static final Set<String> VERBS =
            Set.of("SET", "SELECT", "CREATE", "PREPARE", "LISTEN", "DECLARE", "BEGIN", "WITH", "RESET");

    private final ChaosScope scope;
    private final Sessions<SessionLeak> sessions;
    private final AutoCloseable watching;

    private SessionLeaks(ChaosScope scope, Sessions<SessionLeak> sessions, AutoCloseable watching) {
        this.scope = scope;
        this.sessions = sessions;
        this.watching = watching;
    }

    /**
     * Watches a pool from now on.
     *
     * @param scope whose end ends it
     * @param pool with the pool seam: of {@link TestPool}, {@link Twin} or {@link PoolMount#dataSource}
     * @throws ChaosException if it has none, or if it is watched already
     */
    public static SessionLeaks watch(ChaosScope scope, DataSource pool) {
        if (!(pool instanceof Gated gated)) {
            throw new ChaosException("SessionLeaks must watch a DataSource with the pool seam, but "
                    + pool.getClass().getName() + " has none. Use PoolMount.of(pool).dataSource() in its place.");
        }
        Gate gate = gated.gate();
        Sessions<SessionLeak> sessions = new Sessions<>(gate, SessionLeaks::look, SessionLeaks::named);
        SessionLeaks leaks = new SessionLeaks(scope, sessions, gate.watch(sessions));
        return scope.own("the watch of sessions of " + gate.mount().name(), leaks);
    }

    private static Sessions.Look<SessionLeak> look(java.sql.Connection session, Optional<Object> before)
            throws SQLException {
        SessionState now = SessionState.of(session);
        List<SessionLeak> found = before.map(state -> SessionLeak.between((SessionState) state, now))
                .orElse(List.of());
        return new Sessions.Look<>(now, found);
    }

    private static SessionLeak named(String transaction) {
        return SessionLeak.transaction(transaction);
    }

    /**
     * What was found so far. Looks at the idle connections of the pool first, and gives them back.
     *
     * @throws ChaosException if one of them can't be asked
     */
    public List<SessionLeak> found() {
        try {
            return sessions.found().stream()
                    .map(each -> each.leak().by(each.borrower(), statement(each.leak())))
                    .toList();
        } catch (SQLException e) {
            throw new ChaosException(
                    "The sessions of a pool must be there to be looked at, but one answered " + e.getSQLState()
                            + ". Look at them before something ends them; see the cause.",
                    e);
        }
    }

    private Optional<String> statement(SessionLeak leak) {
        String name = leak.what().substring(leak.what().lastIndexOf(' ') + 1).toLowerCase(Locale.ROOT);
        String wanted = leak.what().startsWith("advisory lock") ? "advisory" : name;
        String begun = leak.what().equals("transaction") ? "begin" : wanted;
        return scope.round().decisions().seen().keySet().stream()
                .filter(site -> site.seam().equals("sql"))
                .map(Site::name)
                .filter(sql -> VERBS.contains(sql.split("\\W", 2)[0])
                        && sql.toLowerCase(Locale.ROOT).contains(begun))
                .findFirst();
    }

    /**
     * Checks that nothing was left.
     *
     * @throws AssertionError with a line for each thing
     */
    public void requireNone() {
        List<SessionLeak> found = found();
        if (!found.isEmpty()) {
            throw new AssertionError("A session must go back to its pool as it came, but " + found.size()
                    + (found.size() == 1 ? " thing was" : " things were")
                    + " left. Use SET LOCAL and transaction-level locks, or take it back before the connection is closed."
                    + found.stream().map(leak -> "\n  left : " + leak).collect(Collectors.joining()));
        }
    }

    /** Watches no more. Twice is harmless. */
    @Override
    public void close() {
        try {
            watching.close();
        } catch (Exception e) {
            throw new ChaosException("A watch must end, but failed. See the cause.", e);
        }
    }
}
