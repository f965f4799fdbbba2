// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Asks the server, and leaves the connection as it was. */
final class Snapshot {

    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(2);

    private static final String SERVER = """
            SELECT pg_catalog.clock_timestamp(), pg_catalog.current_setting('server_version'),
                   pg_catalog.current_database(), CURRENT_USER,
                   NOT pg_catalog.pg_has_role(CURRENT_USER, 'pg_read_all_stats', 'USAGE')
            """;

    private Snapshot() {}

    static ServerState read(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            return insideOfAnother(connection);
        }
        connection.setAutoCommit(false);
        try {
            return ask(connection);
        } finally {
            if (!connection.isClosed()) { // a server that died has closed it
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** Going back to the savepoint takes the setting back, too. Where none had begun, none is left. */
    private static ServerState insideOfAnother(Connection connection) throws SQLException {
        boolean begun = hasBegun(connection);
        Savepoint before = connection.setSavepoint();
        try {
            return ask(connection);
        } finally {
            if (!connection.isClosed()) {
                connection.rollback(before);
                connection.releaseSavepoint(before);
                if (!begun) {
                    connection.rollback();
                }
            }
        }
    }

    /** In doubt, it has: somebody else's work must not be rolled back. */
    private static boolean hasBegun(Connection connection) throws SQLException {
        return !connection.isWrapperFor(BaseConnection.class)
                || connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
    }

    private static ServerState ask(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = " + STATEMENT_TIMEOUT.toMillis());
        }
        List<Activity> sessions = ActivityQuery.run(connection);
        List<HeldLock> locks = LockQuery.run(connection, sessions);
        List<PreparedTransaction> prepared = PreparedQuery.run(connection);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SERVER)) {
            row.next();
            return new ServerState(
                    Columns.instant(row, 1).orElse(Instant.EPOCH),
                    Optional.ofNullable(row.getString(2)).orElse("").split(" ", 2)[0],
                    row.getString(3),
                    row.getString(4),
                    row.getBoolean(5),
                    sessions.size() <= ActivityQuery.SESSIONS_MAX
                            && locks.size() <= LockQuery.LOCKS_MAX
                            && prepared.size() <= PreparedQuery.PREPARED_MAX,
                    sessions.stream().limit(ActivityQuery.SESSIONS_MAX).toList(),
                    locks.stream().limit(LockQuery.LOCKS_MAX).toList(),
                    prepared.stream().limit(PreparedQuery.PREPARED_MAX).toList());
        }
    }
}
