// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How a database says that this library made it: by a connection limit that nobody would choose and nobody can reach.
 *
 * <p>Unlike a comment it is there from the first moment, since CREATE DATABASE sets it; so a process that is killed between
 * two statements leaves nothing that can't be told from a user's.
 */
public final class Mark {

    /** What an owner writes into the comment of a database that tests may break. */
    public static final String DISPOSABLE = "chaostest: disposable";

    /** "chst" in ASCII. */
    static final int OURS = 0x63687374;

    private static final String SQL = """
            SELECT datconnlimit = ?
                OR strpos(coalesce(pg_catalog.shobj_description(oid, 'pg_database'), ''), ?) > 0
            FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
            """;

    private Mark() {}

    /** Whether tests may break the database of this connection: it is ours, or its owner says so. */
    public static boolean isDisposable(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setInt(1, OURS);
            statement.setString(2, DISPOSABLE);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }
}
