// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * Marks a moment in the data, so that a restore, a branch or a standby can show that it is from that moment.
 *
 * <p>Write it, take the snapshot, then {@link #taint} it: a copy from the right moment has the marker as it was written; one
 * from too early has none, one from too late a tainted one. Lives in the table {@code chaos_marker} of the connection's
 * schema, which {@link #write} makes.
 *
 * <pre>{@code
 * ConsistencyMarker marker = ConsistencyMarker.write(connection, "before the upgrade");
 * RestorePoint snapshot = branch.mark("before the upgrade");
 * marker.taint(connection);
 * branch.restore(snapshot);
 * marker.verify(newConnection);
 * }</pre>
 *
 * <p>Commits by itself if the connection is in autocommit mode, else with the caller's transaction. Immutable, safe for use by
 * many threads.
 *
 * @param name one of each name in a database
 * @param writtenAt by the server's clock, in microseconds
 * @since 0.1
 */
public record ConsistencyMarker(String name, Instant writtenAt) {

    private static final String WRITE = """
            INSERT INTO chaos_marker AS m (name, written_at, tainted) VALUES (?, pg_catalog.clock_timestamp(), false)
            ON CONFLICT (name) DO UPDATE SET written_at = excluded.written_at, tainted = false
            RETURNING m.written_at
            """;

    private static final String MISSING = "is missing: the data are from before it.";

    public ConsistencyMarker {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(writtenAt, "writtenAt");
    }

    /**
     * Writes it, in place of an earlier one of that name.
     *
     * @param connection its role may create a table in its schema, the first time
     * @throws SQLException what the server says
     */
    public static ConsistencyMarker write(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS chaos_marker "
                    + "(name text PRIMARY KEY, written_at timestamptz NOT NULL, tainted boolean NOT NULL)");
        }
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new ConsistencyMarker(
                        name, row.getObject(1, OffsetDateTime.class).toInstant());
            }
        }
    }

    /**
     * Says in the data that the moment is over.
     *
     * @throws ChaosException if the marker is not there as it was written
     * @throws SQLException what the server says
     */
    public void taint(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE chaos_marker SET tainted = true WHERE name = ? AND written_at = ?")) {
            statement.setString(1, name);
            statement.setObject(2, writtenAt.atOffset(ZoneOffset.UTC));
            if (statement.executeUpdate() == 0) {
                throw new ChaosException(
                        "Marker \"" + name + "\" must be there to be tainted, but is not, or was written"
                                + " again since. Commit it, and taint the one that was written last.");
            }
        }
    }

    /**
     * Checks that a database is from the marked moment.
     *
     * @param connection leads to the copy
     * @throws AssertionError if the marker is missing, is another one, or is tainted
     * @throws SQLException what the server says
     */
    public void verify(Connection connection) throws SQLException {
        String found = find(connection);
        if (!found.isEmpty()) {
            throw new AssertionError("Marker \"" + name + "\" must be as it was written at " + writtenAt + ", but "
                    + found + " Check the moment to which was restored.");
        }
    }

    private String find(Connection connection) throws SQLException {
        if (!isTableThere(connection)) {
            return MISSING;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT written_at, tainted FROM chaos_marker WHERE name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return MISSING;
                }
                Instant found = row.getObject(1, OffsetDateTime.class).toInstant();
                if (!found.equals(writtenAt)) {
                    return "was written at " + found + ": the data are from another time.";
                }
                return row.getBoolean(2) ? "is tainted: the data are from after the moment." : "";
            }
        }
    }

    /** Asked first, since a missing table would spoil the caller's transaction. */
    private static boolean isTableThere(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT to_regclass('chaos_marker') IS NOT NULL")) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
