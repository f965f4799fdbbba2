// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Reach;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Asks for an advisory lock: one on a number that only applications give a meaning.
 *
 * <p>As it comes from {@link LockRequest#advisory(long)}, it is exclusive and ends with its transaction. The keys are those
 * of one database: a schema of the test's own does not keep them apart.
 *
 * <pre>{@code
 * LockHolder leader = locks.hold(LockRequest.advisory(42).forSession());
 * LockHolder reader = locks.hold(LockRequest.advisory(1, 2).shared());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, "Advisory Locks".
 *
 * @since 0.1
 */
public final class AdvisoryLock extends LockRequest {

    private final String key;
    private final String arguments;
    private final boolean shared;
    private final boolean session;

    private AdvisoryLock(String key, String arguments, boolean shared, boolean session) {
        super(
                "advisory lock " + key + (shared ? ", shared" : "") + (session ? ", of the session" : ""),
                Reach.DATABASE);
        this.key = key;
        this.arguments = arguments;
        this.shared = shared;
        this.session = session;
    }

    static AdvisoryLock of(long key) {
        return new AdvisoryLock("" + key, literal(key) + "::bigint", false, false);
    }

    static AdvisoryLock of(int first, int second) {
        return new AdvisoryLock(
                first + ", " + second, literal(first) + "::int, " + literal(second) + "::int", false, false);
    }

    /** Quoted: to the server, a number's sign is not part of it, and the smallest one has no positive. */
    private static String literal(long key) {
        return "'" + key + "'";
    }

    /** The same, shared: others may have it shared, too. */
    public AdvisoryLock shared() {
        return new AdvisoryLock(key, arguments, true, session);
    }

    /** The same, held by the session: it outlives the transaction in which it was taken, also one that is rolled back. */
    public AdvisoryLock forSession() {
        return new AdvisoryLock(key, arguments, shared, true);
    }

    @Override
    boolean endsWithTransaction() {
        return !session;
    }

    @Override
    void take(Connection connection) throws SQLException {
        call(connection, session ? "pg_advisory_lock" : "pg_advisory_xact_lock");
        if (session) {
            connection.commit();
        }
    }

    @Override
    void release(Connection connection) throws SQLException {
        connection.rollback();
        if (session) {
            call(connection, "pg_advisory_unlock");
            connection.commit();
        }
    }

    private void call(Connection connection, String function) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog." + function + (shared ? "_shared" : "") + "(" + arguments + ")");
        }
    }
}
