// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Work in a transaction that only reads, and is rolled back.
 *
 * @param source connects past the faults of the test
 * @param schema whose tables are found first
 * @param timeout of each statement
 */
record Reading(DataSource source, String schema, Duration timeout) {

    /**
     * Nothing is believed that was not read: neither indexes, nor what the planner derives from constraints, nor what compiled
     * code takes for granted about NULLs. A policy that would hide rows is an error.
     */
    private static final String DISTRUST = """
            SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off;
            SET LOCAL constraint_exclusion = off; SET LOCAL enable_partition_pruning = off; SET LOCAL jit = off;
            SET LOCAL row_security = off;
            """;

    /** What is asked. */
    @FunctionalInterface
    interface Work<T> {
        T call(Connection connection) throws SQLException;
    }

    /** In one snapshot: across tables, nothing is half there. */
    <T> T inOneSnapshot(Work<T> work) {
        return run("REPEATABLE READ", work);
    }

    /** With a snapshot for each statement. */
    <T> T oneByOne(Work<T> work) {
        return run("READ COMMITTED", work);
    }

    private <T> T run(String level, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                prepare(connection, level);
                return work.call(connection);
            } finally {
                if (!connection.isClosed()) {
                    connection.rollback();
                    connection.setAutoCommit(autoCommit);
                }
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "Schema \"" + schema + "\" must be readable to be checked, but the server answered "
                            + e.getSQLState() + ": " + e.getMessage()
                            + ". Check the query, the role's privileges, and that the server runs.",
                    e);
        }
    }

    private void prepare(Connection connection, String level) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL " + level + " READ ONLY; " + DISTRUST
                    + "SET LOCAL statement_timeout = " + timeout.toMillis() + "; SET LOCAL search_path TO "
                    + SchemaName.quote(schema) + ", public");
        }
    }
}
