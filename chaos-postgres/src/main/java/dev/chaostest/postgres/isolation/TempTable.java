// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * Makes a temporary table, which lives in one session.
 *
 * <p>Nobody else sees it: other connections get 42P01 for its name, or mean another table of that name; so does every other
 * worker of the same test, and any connection of a pool that is not this one. In its own session it hides a table of the
 * same name, unless that is named with its schema. For rows that several sessions share, take a {@link TestSchema}.
 *
 * <p>Its rows outlive COMMIT. A rollback of the transaction that made it takes it away, and so does {@code DISCARD ALL}. It
 * is not in the write-ahead log: a standby has none, and a crash ends it with its session.
 *
 * <pre>{@code
 * try (TempTable table = TempTable.create(connection, "draft", "id int PRIMARY KEY, data text")) {
 *     statement.execute("INSERT INTO draft VALUES (1, 'a')");
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time, as its connection is. Source: PostgreSQL documentation, "CREATE TABLE".
 *
 * @since 0.1
 */
public final class TempTable implements AutoCloseable {

    private final Connection connection;
    private final String name;
    private boolean closed;

    private TempTable(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /**
     * Makes a temporary table.
     *
     * @param connection the only one that sees it; stays the caller's
     * @param name neither quoted nor folded, 1 to 63 bytes in UTF-8
     * @param columns what stands between the parentheses of CREATE TABLE; may be empty
     * @throws ChaosException if it can't be made, with what the server answered
     */
    public static TempTable create(Connection connection, String name, String columns) {
        Objects.requireNonNull(connection, "connection");
        SchemaName.requireIdentifier("temporary table", name);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("CREATE TEMPORARY TABLE " + SchemaName.quote(name) + " (" + columns + ")");
            return new TempTable(connection, name);
        } catch (SQLException e) {
            throw new ChaosException(
                    "Temporary table \"" + name + "\" must be creatable with columns (" + columns
                            + "), but the server answered " + e.getSQLState() + ": " + e.getMessage()
                            + ". Write them as between the parentheses of CREATE TABLE.",
                    e);
        }
    }

    /** The connection that sees it. */
    public Connection connection() {
        return connection;
    }

    /** The name as the catalogue has it: neither quoted nor folded. */
    public String name() {
        return name;
    }

    /** The name as SQL takes it, whatever it holds, with the schema of temporary tables: it means no other table. */
    public String qualified() {
        return "pg_temp." + SchemaName.quote(name);
    }

    /**
     * Drops it, if it is still there. In a transaction that failed it can't: the rollback, or the end of the session, takes
     * it then, or brings it to its end. Twice is harmless.
     *
     * @throws ChaosException if the server refuses for another reason
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!connection.isClosed()) {
                drop();
            }
        } catch (SQLException e) {
            if (!isOver(e)) {
                throw new ChaosException(
                        "Temporary table \"" + name + "\" must be dropped after its test, but the server answered "
                                + e.getSQLState() + ": " + e.getMessage() + ". Close its connection.",
                        e);
            }
        }
    }

    /** A failed transaction (25P02), or a connection that has ended. */
    private static boolean isOver(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals("25P02") || state.startsWith("08") || state.startsWith("57P");
    }

    @Override
    public String toString() {
        return "temporary table \"" + name + "\"";
    }

    private void drop() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("DROP TABLE IF EXISTS " + qualified());
        }
    }
}
