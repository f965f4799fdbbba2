// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A server of a test's own that bad things happen to, with a scope; both end in the right order. */
final class Victim implements AutoCloseable {
    final PostgresServer server;
    final ChaosScope scope;
    final ServerFaults faults;

    private Victim(PostgresServer server) {
        this.server = server;
        this.scope = ChaosScope.open("victim", Plan.of(new Seed(1)));
        this.faults = ServerFaults.of(scope, server);
    }

    static Victim start() {
        return start(ServerOptions.ofDefaults().withSetting("max_connections", "20"));
    }

    static Victim start(ServerOptions options) {
        return new Victim(PostgresInstallation.prepare(options).start());
    }

    Connection connect() throws SQLException {
        return connect("");
    }

    /** @param parameters for the URL: {@code &socketTimeout=1} */
    Connection connect(String parameters) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl() + parameters);
    }

    String ask(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return ask(connection, sql);
        }
    }

    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    void run(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            run(connection, statements);
        }
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The state of what must fail, or "success". */
    static String state(Call call) {
        try {
            call.run();
            return "success";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    interface Call {
        void run() throws SQLException;
    }

    List<String> commands() {
        return scope.ledger().entries(LedgerEntry.Commanded.class).stream()
                .map(LedgerEntry.Commanded::command)
                .toList();
    }

    /** Everything that was commanded is healed, and there is no session but the one that asks. */
    void assertNothingLeft() throws SQLException {
        List<LedgerEntry.Healed> healed = scope.ledger().entries(LedgerEntry.Healed.class);
        assertThat(healed).hasSameSizeAs(commands());
        assertThat(healed).allSatisfy(entry -> assertThat(entry.after()).isPositive());
        try (Connection connection = connect()) {
            // A backend ends a moment after its client.
            await().untilAsserted(() -> assertThat(ask(connection, SESSIONS)).isEqualTo("null"));
            assertThat(ask(connection, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .as("advisory locks left")
                    .isEqualTo("0");
        }
    }

    private static final String SESSIONS = "SELECT string_agg(pid || ' ' || application_name || ' ' || query, '; ')"
            + " FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            + " AND application_name = 'chaostest faults'";

    @Override
    public void close() {
        try (server) {
            scope.close();
        }
    }
}
