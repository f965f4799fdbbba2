// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Proves by a row that a restore brought back what was there: written before a snapshot, tainted after it, and clean again
 * in what was restored.
 *
 * <p>The row is in the table {@value #TABLE}, in the first schema of the search path; it is committed.
 *
 * <pre>{@code
 * ConsistencyMarker marker = ConsistencyMarker.write(connection, "snapshot1");
 * RestorePoint snapshot = branch.mark("snapshot1");
 * marker.taint(connection);
 * branch.restore(snapshot);
 * marker.verify(newConnection);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads, each with its own connection.
 *
 * @param name of the marker
 * @since 0.1
 */
public record ConsistencyMarker(String name) {
    /** The table of the markers. */
    public static final String TABLE = "sanity_check";

    private static final String CLEAN = "clean";
    private static final String TAINTED = "tainted";

    /** Writes a marker, anew if there is one of that name. */
    public static ConsistencyMarker write(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + TABLE + " (name text PRIMARY KEY, value text NOT NULL)");
        }
        ConsistencyMarker marker = new ConsistencyMarker(name);
        marker.put(connection, CLEAN);
        return marker;
    }

    /** Spoils it: what is restored must not have this. */
    public void taint(Connection connection) throws SQLException {
        put(connection, TAINTED);
    }

    private void put(Connection connection, String value) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement("INSERT INTO " + TABLE
                + " VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")) {
            put.setString(1, name);
            put.setString(2, value);
            put.executeUpdate();
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }

    /**
     * Checks that it is there, and clean.
     *
     * @throws AssertionError if it is not: the state is from before it was written, or from after it was tainted
     */
    public void verify(Connection connection) throws SQLException {
        String found = find(connection);
        if (!found.equals(CLEAN)) {
            throw new AssertionError("Marker \"" + name + "\" in " + TABLE + " must be " + CLEAN + ", but is " + found
                    + ". This state is from " + (found.equals(TAINTED) ? "after" : "before")
                    + " the moment that was to be restored: check which one was.");
        }
    }

    private String find(Connection connection) throws SQLException {
        if (!isTableThere(connection)) {
            return "missing";
        }
        try (PreparedStatement find = connection.prepareStatement("SELECT value FROM " + TABLE + " WHERE name = ?")) {
            find.setString(1, name);
            try (ResultSet rows = find.executeQuery()) {
                return rows.next() ? rows.getString(1) : "missing";
            }
        }
    }

    /** Asked first, since a missing table would spoil the caller's transaction. */
    private static boolean isTableThere(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT to_regclass('" + TABLE + "') IS NOT NULL")) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
