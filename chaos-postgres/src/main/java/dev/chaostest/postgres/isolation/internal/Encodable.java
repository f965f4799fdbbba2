// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Whether a name can go into a start-up packet, which is not converted: it would name other bytes than the catalogue has. */
final class Encodable {

    private Encodable() {}

    /** @throws ChaosException if it can't */
    static SchemaName require(Connection connection, SchemaName name) throws SQLException {
        require(connection, "schema", name.text());
        return name;
    }

    /** @throws ChaosException if it can't */
    static DatabaseName require(Connection connection, DatabaseName name) throws SQLException {
        require(connection, "database", name.text());
        return name;
    }

    private static void require(Connection connection, String kind, String text) throws SQLException {
        if (text.chars().allMatch(c -> c < 128) || !connection.isWrapperFor(PGConnection.class)) {
            return;
        }
        String encoding = connection.unwrap(PGConnection.class).getParameterStatus("server_encoding");
        if (!"UTF8".equals(encoding)) {
            throw new ChaosException("A " + kind + " name must be ASCII in a database that is not UTF8, but is \""
                    + text + "\" in one with encoding " + encoding + ". Use a prefix of ASCII characters.");
        }
    }
}
