// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * One transaction that sees one moment of the database, in which everything prints the same whatever the session's
 * settings are. Closing it rolls back and gives the connection back as it came.
 *
 * <p>What is read within {@link #reading} leaves no lock behind: PostgreSQL releases what was locked after a savepoint when
 * it is rolled back to (documentation, 13.3). So a transaction that stays open to keep the old rows visible stands in
 * nobody's way.
 */
public final class ReadTransaction implements AutoCloseable {

    private static final int FETCH_SIZE = 1_000;
    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 170_000;

    /** Policies would hide rows, and what is hidden would count as unchanged: the server refuses instead. */
    private static final String SETTINGS = """
        SELECT set_config('search_path', 'pg_catalog, pg_temp', true), set_config('DateStyle', 'ISO, YMD', true),
               set_config('IntervalStyle', 'postgres', true), set_config('TimeZone', 'UTC', true),
               set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
               set_config('lc_monetary', 'C', true), set_config('row_security', 'off', true),
               set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '0', true),
               set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true),
               current_setting('server_version_num')::int
        """;

    private final Connection connection;
    private final boolean autoCommit;
    private String exported = "";

    private ReadTransaction(Connection connection, boolean autoCommit) {
        this.connection = connection;
        this.autoCommit = autoCommit;
    }

    /** What reads. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(ReadTransaction transaction) throws SQLException;
    }

    /** Takes one row of an answer. */
    @FunctionalInterface
    public interface RowTaker {
        /** Takes it; false to have no more. */
        boolean take(ResultSet row) throws SQLException;
    }

    /**
     * Begins one; what it sees is fixed when this returns.
     *
     * @param timeout of each statement, and of each wait for a lock
     */
    public static ReadTransaction begin(DataSource source, Duration timeout) throws SQLException {
        return begin(source, timeout, "READ ONLY");
    }

    /** As {@link #begin(DataSource, Duration)}, for one that makes copies of what an open one sees. */
    static ReadTransaction joining(DataSource source, Duration timeout, String exported) throws SQLException {
        return begin(source, timeout, "READ WRITE", exported);
    }

    private static ReadTransaction begin(DataSource source, Duration timeout, String mode, String... exported)
            throws SQLException {
        Connection connection = source.getConnection();
        ReadTransaction transaction = new ReadTransaction(connection, connection.getAutoCommit());
        try {
            connection.setAutoCommit(false);
            transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, " + mode);
            for (String id : exported) {
                transaction.execute("SET TRANSACTION SNAPSHOT '" + id.replace("'", "''") + "'");
            }
            transaction.settle(timeout);
            if (exported.length == 0) {
                transaction.export();
            }
            return transaction;
        } catch (SQLException | RuntimeException e) {
            try {
                transaction.close();
            } catch (SQLException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private void settle(Duration timeout) throws SQLException {
        String millis = Long.toString(timeout.toMillis());
        int version;
        try (PreparedStatement settings = connection.prepareStatement(SETTINGS)) {
            settings.setString(1, millis);
            settings.setString(2, millis);
            try (ResultSet row = settings.executeQuery()) {
                row.next();
                version = row.getInt(13);
            }
        }
        if (version >= FIRST_WITH_TRANSACTION_TIMEOUT) {
            execute("SET LOCAL transaction_timeout = 0");
        }
    }

    /** Not possible any more within a savepoint. */
    private void export() throws SQLException {
        query("SELECT pg_export_snapshot()", row -> {
            exported = row.getString(1);
            return true;
        });
    }

    /** Reads, and leaves no lock on what was read. */
    public <T> T reading(Reading<T> reading) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            T read = reading.read(this);
            connection.rollback(before);
            return read;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback(before);
            } catch (SQLException more) { // the connection is gone, most likely
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    /** The name under which other transactions can see the same, as long as this one is open. */
    String exported() {
        return exported;
    }

    /** Whether it can still read. */
    boolean isUsable() {
        try {
            execute("SELECT 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Changes the path until the end of the transaction. */
    void seeFirst(String path) throws SQLException {
        queryAbout(path, "SELECT set_config('search_path', ?, true)", row -> true);
    }

    void query(String sql, RowTaker taker) throws SQLException {
        try (Cursor cursor = open(sql, FETCH_SIZE)) {
            takeAll(cursor.rows(), taker);
        }
    }

    private static void takeAll(ResultSet rows, RowTaker taker) throws SQLException {
        boolean goesOn = true;
        while (goesOn && rows.next()) {
            goesOn = taker.take(rows);
        }
    }

    /**
     * Reads row by row: a table need not fit in memory. Several may be open at a time.
     *
     * @param fetchSize how many rows are in memory at a time
     */
    Cursor open(String sql, int fetchSize) throws SQLException {
        Statement statement = connection.createStatement();
        try {
            statement.setEscapeProcessing(false);
            statement.setFetchSize(fetchSize);
            return new Cursor(statement, statement.executeQuery(sql));
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** An answer that is read row by row. */
    record Cursor(Statement statement, ResultSet rows) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }

    /** With one text as its only parameter. */
    void queryAbout(String text, String sql, RowTaker taker) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, text);
            try (ResultSet rows = statement.executeQuery()) {
                takeAll(rows, taker);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        }
    }
}
