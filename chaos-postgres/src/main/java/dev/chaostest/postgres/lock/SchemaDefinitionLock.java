// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.lock.internal.SqlName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The definitions of a schema's tables and what is like them.
 *
 * <p>SHARE UPDATE EXCLUSIVE is the weakest mode that every change of a definition waits for, and reading and writing do not.
 * LOCK TABLE knows plain tables only, and would lock those behind a view, too. COMMENT takes that mode of all others; the
 * comment is rolled back.
 */
final class SchemaDefinitionLock extends LockRequest {

    private static final String STATEMENTS = """
            SELECT CASE
                     WHEN c.relkind IN ('r', 'p')
                     THEN pg_catalog.format('LOCK TABLE ONLY %1$s IN SHARE UPDATE EXCLUSIVE MODE', c.oid::regclass)
                     ELSE pg_catalog.format('COMMENT ON %2$s %1$s IS NULL', c.oid::regclass,
                       CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                                      WHEN 'S' THEN 'SEQUENCE' ELSE 'FOREIGN TABLE' END)
                   END
            FROM pg_catalog.pg_class c
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relnamespace = pg_catalog.to_regnamespace(?)
            ORDER BY c.oid
            """;

    private final SqlName schema;

    SchemaDefinitionLock(String schema) {
        super("definitions of schema " + schema, Reach.SCHEMA);
        this.schema = SqlName.of("schema", schema);
        if (this.schema.quoted().startsWith("\"pg_") || this.schema.quoted().equals("\"information_schema\"")) {
            throw new ChaosException("A lock must be on a schema of the test, but was to be on " + schema
                    + ", which every session of the database needs. Name another schema.");
        }
    }

    @Override
    void take(Connection connection) throws SQLException {
        List<String> statements = statements(connection);
        if (statements.isEmpty()) {
            throw new ChaosException("A schema whose definitions are to be locked must have tables, but " + schema
                    + " has none, or does not exist. Create them first.");
        }
        try (Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private List<String> statements(Connection connection) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(STATEMENTS)) {
            select.setString(1, schema.quoted());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    statements.add(rows.getString(1));
                }
            }
        }
        return statements;
    }
}
