// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A prepared transaction that was left.
 *
 * @param gid its name
 * @param residue what is told of it
 */
record PreparedResidue(String gid, Residue residue) {

    private static final String SQL = """
            SELECT transaction::text::bigint, gid, prepared, owner, database, pg_catalog.clock_timestamp()
            FROM pg_catalog.pg_prepared_xacts
            WHERE gid = ANY (?)
              AND pg_catalog.clock_timestamp() - prepared <= ? * interval '1 millisecond'
            ORDER BY gid
            """;

    private static final Duration TOLERANCE = Duration.ofMillis(50);

    /**
     * Those that are there.
     *
     * @param age how old they are at most
     */
    static List<PreparedResidue> run(Connection connection, Set<String> gids, Duration age) throws SQLException {
        List<PreparedResidue> found = new ArrayList<>();
        if (gids.isEmpty()) {
            return found;
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(1, connection.createArrayOf("text", gids.toArray()));
            statement.setLong(2, age.plus(TOLERANCE).toMillis());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(of(rows));
                }
            }
        }
        return found;
    }

    private static PreparedResidue of(ResultSet row) throws SQLException {
        PreparedTransaction transaction = new PreparedTransaction(
                row.getLong(1),
                row.getString(2),
                Columns.instant(row, 3).orElseThrow(),
                row.getString(4),
                row.getString(5));
        return new PreparedResidue(
                transaction.gid(),
                new Residue(
                        Residue.Kind.PREPARED_TRANSACTION,
                        Blocking.PREPARED,
                        "the prepared transaction "
                                + transaction.describe(Columns.instant(row, 6).orElseThrow())));
    }

    /** Only from its own database. Its name can't be bound; the server quotes it. */
    static void rollBack(Connection connection, String gid) throws SQLException {
        String sql;
        try (PreparedStatement quoting =
                connection.prepareStatement("SELECT format('ROLLBACK PREPARED %L', ?::text)")) {
            quoting.setString(1, gid);
            try (ResultSet row = quoting.executeQuery()) {
                row.next();
                sql = row.getString(1);
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
