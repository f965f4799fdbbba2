// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Drops a schema with all that is in it, and looks whether it is gone.
 *
 * @param name which one
 * @param timeout how long to wait for a lock, and at most for each statement twice that
 */
public record Drop(SchemaName name, Duration timeout) {

    static final String LOCK_NOT_AVAILABLE = "55P03";
    static final String DEADLOCK = "40P01";
    private static final String CANCELED = "57014";
    private static final Set<String> BLOCKED = Set.of(LOCK_NOT_AVAILABLE, CANCELED, DEADLOCK);

    /** Each table needs locks for itself, its indexes, its TOAST table and its sequences. */
    private static final int PART = 200;

    /**
     * Drops it; none there is fine.
     *
     * @throws ChaosException if sessions lock it for too long, with their names, or if it is there again afterwards
     */
    public void run(Connection connection) throws SQLException {
        boolean isThere;
        try {
            isThere = attempt(connection);
        } catch (SQLException e) {
            if (!BLOCKED.contains(e.getSQLState())) {
                throw e;
            }
            throw blocked(connection, e);
        }
        if (isThere) {
            throw new ChaosException("Schema \"" + name.text()
                    + "\" must be gone after its drop, but is there again. Something still creates it: end it before"
                    + " the test ends.");
        }
    }

    /**
     * Once, with the server's own errors.
     *
     * <p>A large schema goes in parts: a transaction that locks more than the server has room for fails, and so does every
     * other that needs a lock in that moment (53200).
     *
     * @return whether it is there again
     */
    boolean attempt(Connection connection) throws SQLException {
        List<String> part = tables(connection);
        while (part.size() == PART) {
            Transaction.atOnce(connection, patiently("DROP TABLE IF EXISTS " + String.join(", ", part) + " CASCADE"));
            part = tables(connection);
        }
        boolean[] isThere = new boolean[1];
        Transaction.atOnce(connection, () -> isThere[0] = dropAndLook(connection));
        return isThere[0];
    }

    private List<String> tables(Connection connection) throws SQLException {
        String sql = """
                SELECT relname FROM pg_catalog.pg_class
                WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ?) AND relkind IN ('r', 'p')
                LIMIT
                """ + PART;
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name.text());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(name.quoted() + "." + SchemaName.quote(rows.getString(1)));
                }
            }
        }
        return tables;
    }

    /** One round trip: a test has many small things to drop, and each round trip takes as long as one of them. */
    private boolean dropAndLook(Connection connection) throws SQLException {
        String sql = Transaction.whole(patiently("DROP SCHEMA IF EXISTS " + name.quoted() + " CASCADE"))
                + "; SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name.text());
            boolean isAnswer = statement.execute();
            while (!isAnswer && statement.getUpdateCount() >= 0) {
                isAnswer = statement.getMoreResults();
            }
            try (ResultSet answer = statement.getResultSet()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    /** A lock timeout counts for each lock; the statement timeout bounds them all. */
    private String patiently(String sql) {
        long millis = timeout.toMillis();
        return "SET LOCAL lock_timeout = " + millis + "; SET LOCAL statement_timeout = " + 2 * millis + "; " + sql;
    }

    private ChaosException blocked(Connection connection, SQLException cause) throws SQLException {
        List<String> holders = Holders.of(connection, name);
        return new ChaosException(
                "Schema \"" + name.text() + "\" must be free of locks to be dropped, but was not within "
                        + Durations.print(timeout) + " (SQLSTATE " + cause.getSQLState()
                        + "). End the transactions that the test began, then close the schema again."
                        + (holders.isEmpty() ? "\n  holder : none any more" : "\n  holder : ")
                        + String.join("\n  holder : ", holders),
                cause);
    }
}
