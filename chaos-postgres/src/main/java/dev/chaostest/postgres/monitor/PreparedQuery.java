// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the prepared transactions of this database. */
final class PreparedQuery {

    static final int PREPARED_MAX = 100;

    private static final String SQL = """
            SELECT transaction::text::bigint, gid, prepared, owner, database
            FROM pg_catalog.pg_prepared_xacts
            WHERE database = pg_catalog.current_database()
            ORDER BY prepared, gid
            LIMIT
            """ + (PREPARED_MAX + 1);

    private PreparedQuery() {}

    /** At most one more than {@link #PREPARED_MAX}, the oldest first. */
    static List<PreparedTransaction> run(Connection connection) throws SQLException {
        List<PreparedTransaction> prepared = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SQL)) {
            while (rows.next()) {
                prepared.add(new PreparedTransaction(
                        rows.getLong(1),
                        rows.getString(2),
                        Columns.instant(rows, 3).orElse(Instant.EPOCH),
                        rows.getString(4),
                        rows.getString(5)));
            }
        }
        return prepared;
    }
}
