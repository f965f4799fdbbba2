// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * How much of each other concurrent transactions see.
 *
 * <p>A level is set for one transaction, after it began and before its first statement, and then read back from the
 * server: it never reaches another transaction, and the session's default stays what it was. PostgreSQL has no level
 * below {@link #READ_COMMITTED}; {@code READ UNCOMMITTED} is the same there, so it is not listed.
 *
 * <pre>{@code
 * Isolation.SERIALIZABLE.run(connection, transaction -> {
 *     int sum = sumOfBalances(transaction);
 *     insertTransfer(transaction, sum);
 * });
 * }</pre>
 *
 * <p>A fault of a test strikes neither the statement that sets the level nor the one that reads it back, unless a rule
 * names them. Code under test that begins its own transactions takes {@link #jdbcLevel}; {@link #of} says what came of
 * it.
 *
 * <p>Source: PostgreSQL documentation, "Transaction Isolation".
 *
 * @since 0.1
 */
public enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    /** All statements see what was committed before the first; a concurrent change of the same row is 40001. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    /** As if the transactions had run one after the other; where that is impossible, one of them gets 40001. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int jdbcLevel;

    Isolation(int jdbcLevel) {
        this.jdbcLevel = jdbcLevel;
    }

    /** JDBC's number of the level, as in {@link Connection#TRANSACTION_SERIALIZABLE}. */
    public int jdbcLevel() {
        return jdbcLevel;
    }

    /** The level as SQL writes it: {@code REPEATABLE READ}. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /**
     * Begins a transaction at this level; the caller commits it or rolls it back.
     *
     * @param connection with autoCommit off, and no transaction running
     * @throws dev.chaostest.plan.ChaosException if autoCommit is on, if a transaction is running, or if the server says
     *     that the level is another
     * @throws SQLException what the server answered; the transaction is rolled back
     */
    public void begin(Connection connection) throws SQLException {
        LevelledTransaction.begin(connection, this);
    }

    /**
     * Does work in one transaction at this level: committed at its end, rolled back if it throws. Afterwards autoCommit is
     * as it was.
     *
     * @param connection with no transaction running; autoCommit may be on or off
     * @throws dev.chaostest.plan.ChaosException as {@link #begin}; and if the work swallowed a failure, so that there is
     *     nothing to commit, ended the transaction by itself, or went on in another one at another level
     * @throws SQLException what the work or the COMMIT threw
     */
    public void run(Connection connection, Work work) throws SQLException {
        call(connection, transaction -> {
            work.run(transaction);
            return this;
        });
    }

    /**
     * Does work with a result in one transaction at this level; as {@link #run}.
     *
     * @return what the work returned, once it is committed
     */
    public <T> T call(Connection connection, Task<T> task) throws SQLException {
        return LevelledTransaction.call(connection, this, task);
    }

    /**
     * The level of the transaction that is running, as the server says; if none is running, that of the next one.
     *
     * <p>It is a statement: with autoCommit off it begins a transaction. {@code READ UNCOMMITTED} is reported as
     * {@link #READ_COMMITTED}, which is what it is.
     */
    public static Isolation of(Connection connection) throws SQLException {
        String level = LevelledTransaction.shown(connection);
        return level.equals("read uncommitted")
                ? READ_COMMITTED
                : valueOf(level.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    /** Work in a transaction. */
    @FunctionalInterface
    public interface Work {
        /** Does the work; must neither commit nor roll back. */
        void run(Connection transaction) throws SQLException;
    }

    /** Work in a transaction, with a result. */
    @FunctionalInterface
    public interface Task<T> {
        /** Does the work; must neither commit nor roll back. */
        T call(Connection transaction) throws SQLException;
    }
}
