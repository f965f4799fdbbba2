// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** One transaction at one isolation level. */
final class LevelledTransaction {

    private static final String SHOW = "SHOW TRANSACTION ISOLATION LEVEL";

    private LevelledTransaction() {}

    static void begin(Connection connection, Isolation level) throws SQLException {
        requireNoneRunning(connection, level);
        if (connection.getAutoCommit()) {
            throw new ChaosException("A connection must have autoCommit off where a transaction at " + level
                    + " begins, but it is on: each statement would be a transaction of its own. Call "
                    + "setAutoCommit(false) first, or use Isolation." + level + ".run.");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL " + level.sql());
            require(connection, level);
        } catch (SQLException | RuntimeException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    static <T> T call(Connection connection, Isolation level, Isolation.Task<T> task) throws SQLException {
        requireNoneRunning(connection, level);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        Throwable thrown = null;
        try {
            begin(connection, level);
            T result = task.call(connection);
            commit(connection, level);
            return result;
        } catch (Throwable e) {
            thrown = e;
            rollBack(connection, e);
            throw e;
        } finally {
            restore(connection, autoCommit, thrown);
        }
    }

    /** The level in the server's words; without a snapshot, so the transaction's first query still takes it. */
    static String shown(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SHOW)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The driver answers ROLLBACK for a COMMIT of a failed transaction without a word. */
    private static void commit(Connection connection, Isolation level) throws SQLException {
        switch (state(connection)) {
            case FAILED ->
                throw new ChaosException("The work at " + level + " must end in a transaction that can be committed, "
                        + "but a statement of it had failed, and the work went on. Let the failure through.");
            case OPEN -> require(connection, level);
            case IDLE ->
                throw new ChaosException(
                        "The work at " + level + " must leave its transaction to be committed, but has "
                                + "ended it: what it did is committed or rolled back already. Neither commit nor roll back "
                                + "within the work.");
        }
        connection.commit();
    }

    private static void require(Connection connection, Isolation level) throws SQLException {
        String shown = shown(connection);
        if (!shown.equals(level.sql().toLowerCase(Locale.ROOT))) {
            throw new ChaosException("The transaction must run at " + level + ", but the server says " + shown
                    + ". Neither commit nor roll back within the work, and connect to the server itself.");
        }
    }

    private static void requireNoneRunning(Connection connection, Isolation level) throws SQLException {
        if (state(connection) != TransactionState.IDLE) {
            throw new ChaosException("A connection must have no transaction running where one at " + level
                    + " begins, but it has one, whose level is fixed. Commit it or roll it back first.");
        }
    }

    /** What the server said with its last answer. */
    private static TransactionState state(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            throw new ChaosException("A connection must lead to PostgreSQL's driver, but "
                    + connection.getClass().getName() + " does not unwrap to it. Hand over one of its connections.");
        }
        return connection.unwrap(BaseConnection.class).getTransactionState();
    }

    private static void rollBack(Connection connection, Throwable first) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            first.addSuppressed(e);
        }
    }

    private static void restore(Connection connection, boolean autoCommit, @Nullable Throwable thrown)
            throws SQLException {
        try {
            if (!connection.isClosed() && (thrown == null || state(connection) == TransactionState.IDLE)) {
                connection.setAutoCommit(autoCommit); // commits what is open, so not where the rollback failed
            }
        } catch (SQLException e) {
            if (thrown == null) {
                throw e;
            }
            thrown.addSuppressed(e);
        }
    }
}
