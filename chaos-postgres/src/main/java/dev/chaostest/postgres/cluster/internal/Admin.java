// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session of the superuser on a server of ours. Whatever hangs there ends after half a minute.
 *
 * <p>For one thread.
 */
public final class Admin implements AutoCloseable {
    private final PostgresServer server;
    private final Connection connection;

    private Admin(PostgresServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @throws ChaosException if the server doesn't answer
     */
    public static Admin of(PostgresServer server) {
        try {
            return new Admin(
                    server,
                    DriverManager.getConnection(
                            server.jdbcUrl() + "&ApplicationName=chaostest&connectTimeout=30&socketTimeout=30"));
        } catch (SQLException e) {
            throw failed(server, "let us in", e);
        }
    }

    /** The first column of the first row as text; null if that is NULL or there is no row. */
    public @Nullable String one(String sql, Object... values) {
        List<String> all = all(sql, values);
        return all.isEmpty() ? null : all.get(0);
    }

    /** The first column of the first row as text. */
    public String text(String sql, Object... values) {
        return String.valueOf(one(sql, values));
    }

    /** Whether the first column of the first row is true. */
    public boolean is(String sql, Object... values) {
        return "t".equals(one(sql, values));
    }

    /** The first column of the first row; 0 for NULL. */
    public long number(String sql, Object... values) {
        String text = one(sql, values);
        return text == null ? 0 : Long.parseLong(text);
    }

    /** The first column of all rows as text. */
    public List<String> all(String sql, Object... values) {
        return rows(sql, values).stream().map(row -> row.get(0)).toList();
    }

    /** All rows, every value as text, NULL as an empty one. */
    public List<List<String>> rows(String sql, Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(row(found));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failed(server, sql, e);
        }
    }

    private static List<String> row(ResultSet found) throws SQLException {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
            String value = found.getString(column);
            row.add(value == null ? "" : value);
        }
        return row;
    }

    /** Does what has no result. */
    public void run(String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed(server, sql, e);
        }
    }

    /** Commits something of no importance, and has all that was committed before flushed with it. Waits for no standby. */
    public void flush() {
        run("SET synchronous_commit = local");
        one("SELECT pg_logical_emit_message(true, 'chaostest', '')");
    }

    private static ChaosException failed(PostgresServer server, String what, SQLException e) {
        return new ChaosException(
                "The server on port " + server.port() + " must answer, but to \"" + what + "\" it said "
                        + e.getSQLState() + ": " + e.getMessage() + ". Look at the end of its log:\n"
                        + server.logTail(),
                e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException alreadyGone) {
            // Then the session has ended, which is all that was wanted.
        }
    }

    /** An SQL literal. */
    public static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
