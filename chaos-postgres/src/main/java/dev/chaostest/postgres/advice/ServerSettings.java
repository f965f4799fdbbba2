// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * What a session of the DataSource goes by, wherever it was set: options, a role's or a database's defaults, an SQL command of
 * the pool's. A time of zero is one that is off.
 */
record ServerSettings(Duration statementTimeout, Duration idleInTransaction, int connectionsMax) {

    private static final String SETTINGS = """
            SELECT name, setting FROM pg_catalog.pg_settings
            WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'max_connections',
                           'superuser_reserved_connections', 'reserved_connections')
            """;

    static ServerSettings ask(DataSource source) {
        Map<String, Integer> settings = new HashMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SETTINGS)) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getInt(2));
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "A DataSource must give a connection to be advised on, but answered " + e.getSQLState()
                            + ". Look at the cause, or use Advice.ofSettings, which connects nowhere.",
                    e);
        }
        return new ServerSettings(
                Duration.ofMillis(settings.getOrDefault("statement_timeout", 0)),
                Duration.ofMillis(settings.getOrDefault("idle_in_transaction_session_timeout", 0)),
                settings.getOrDefault("max_connections", 0)
                        - settings.getOrDefault("superuser_reserved_connections", 0)
                        - settings.getOrDefault("reserved_connections", 0));
    }
}
