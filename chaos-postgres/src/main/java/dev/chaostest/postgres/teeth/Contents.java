// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tables of a schema hold, for comparing the ends of two runs: how many rows, and a sum over them in any order. The
 * schemas need not have the same name.
 *
 * <p>What differs from run to run, such as a time, makes two ends differ.
 *
 * <pre>{@code
 * boolean makesNoDifference = Contents.of(admin, schema).equals(before);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param tables by name
 * @since 0.1
 */
public record Contents(Map<String, String> tables) {

    private static final Logger LOG = LoggerFactory.getLogger(Contents.class);

    private static final String TABLES = """
            SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relkind = 'r' ORDER BY 1
            """;

    public Contents {
        tables = Map.copyOf(tables);
    }

    /**
     * Reads them.
     *
     * @param admin past every seam
     * @return empty if that is not possible, or takes longer than 10 s
     */
    public static Optional<Contents> of(DataSource admin, String schema) {
        try (Connection connection = admin.getConnection()) {
            return Optional.of(read(connection, schema));
        } catch (SQLException e) {
            LOG.debug("The contents of {} can't be read", schema, e);
            return Optional.empty();
        }
    }

    private static Contents read(Connection connection, String schema) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '1s'");
            Map<String, String> tables = new TreeMap<>();
            for (String table : tables(connection, schema)) {
                try (ResultSet row = statement.executeQuery(sum(schema, table))) {
                    row.next();
                    tables.put(table, row.getString(1));
                }
            }
            return new Contents(tables);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private static List<String> tables(Connection connection, String schema) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
        }
        return tables;
    }

    private static String sum(String schema, String table) {
        return "SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*),"
                + " pg_catalog.sum(pg_catalog.hashtextextended(t::text, 0)::numeric)) FROM ONLY "
                + SchemaName.quote(schema) + "." + SchemaName.quote(table) + " t";
    }
}
