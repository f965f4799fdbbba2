// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a crash takes and what it leaves, as an application sees it. */
class CrashTest {
    private static final int ROWS = 200;

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void nothingAcknowledgedIsMissing(StopMode mode) throws SQLException {
        try (Victim victim = Victim.start()) {
            victim.run("CREATE TABLE t (id int)");
            insert(victim, "on");

            victim.faults.restart(mode);

            assertThat(victim.ask("SELECT count(*) FROM t")).isEqualTo("" + ROWS);
        }
    }

    @Test
    void nothingAcknowledgedIsMissingWhenABackendIsKilled() throws SQLException {
        try (Victim victim = Victim.start();
                Connection killed = victim.connect()) {
            victim.run("CREATE TABLE t (id int)");
            insert(victim, "on");

            victim.faults.backend(killed).kill().close();

            assertThat(victim.ask("SELECT count(*) FROM t")).isEqualTo("" + ROWS);
        }
    }

    /** The log writer is made slow, so that what waits for it is surely not written when the server crashes. */
    @Test
    void withSynchronousCommitOffAcknowledgedRowsAreMissing() throws SQLException {
        ServerOptions slowLogWriter = ServerOptions.ofDefaults().withSetting("wal_writer_delay", "10s");
        try (Victim victim = Victim.start(slowLogWriter)) {
            victim.run("CREATE TABLE t (id int)");
            insert(victim, "off");
            assertThat(victim.ask("SELECT count(*) FROM t")).isEqualTo("" + ROWS);

            victim.faults.restart(StopMode.CRASH);

            assertThat(Integer.parseInt(victim.ask("SELECT count(*) FROM t"))).isLessThan(ROWS);
        }
    }

    private static void insert(Victim victim, String synchronousCommit) throws SQLException {
        try (Connection connection = victim.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = " + synchronousCommit);
            for (int i = 0; i < ROWS; i++) {
                statement.execute("INSERT INTO t VALUES (" + i + ")");
            }
        }
    }

    @Test
    void aPoolComesBackAfterACrashInTheMiddleOfATransfer() throws SQLException {
        try (Victim victim = Victim.start();
                HikariDataSource pool = pool(victim)) {
            victim.run(
                    "CREATE TABLE account (id int PRIMARY KEY, balance int)",
                    "INSERT INTO account VALUES (1, 100), (2, 0)");
            String seen;
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                Victim.run(connection, "UPDATE account SET balance = balance - 10 WHERE id = 1");
                try (Injection crash = victim.faults.backend(connection).kill()) {
                    seen = Victim.state(
                            () -> Victim.run(connection, "UPDATE account SET balance = balance + 10 WHERE id = 2"));
                    assertThat(crash.isActive()).isTrue();
                }
            }
            assertThat(seen).isEqualTo("08006");
            assertThat(balances(victim)).isEqualTo("100, 0");

            transfer(pool);

            assertThat(balances(victim)).isEqualTo("90, 10");
            assertThat(victim.scope.ledger().entries(LedgerEntry.Healed.class))
                    .singleElement()
                    .satisfies(healed -> {
                        assertThat(healed.how()).startsWith("accepts writes again (");
                        assertThat(healed.after()).isPositive();
                    });
        }
    }

    @Test
    void aPoolFindsTheRestartedServerOnItsOldPort() throws SQLException {
        try (Victim victim = Victim.start();
                HikariDataSource pool = pool(victim)) {
            victim.run(
                    "CREATE TABLE account (id int PRIMARY KEY, balance int)",
                    "INSERT INTO account VALUES (1, 100), (2, 0)");
            transfer(pool);

            victim.faults.restart(StopMode.CRASH);
            transfer(pool);

            assertThat(balances(victim)).isEqualTo("80, 20");
        }
    }

    private static HikariDataSource pool(Victim victim) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(victim.server.jdbcUrl());
        config.setMaximumPoolSize(2);
        return new HikariDataSource(config);
    }

    /**
     * As an application does that tries again when the connection is lost: more often than the pool has connections, since
     * the pool hands out what it used within the last half second without looking.
     */
    private static void transfer(DataSource bank) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Victim.run(
                        connection,
                        "UPDATE account SET balance = balance - 10 WHERE id = 1",
                        "UPDATE account SET balance = balance + 10 WHERE id = 2");
                connection.commit();
                return;
            } catch (SQLException e) {
                if (attempt == 5 || !String.valueOf(e.getSQLState()).startsWith("08")) {
                    throw e;
                }
            }
        }
    }

    private static String balances(Victim victim) throws SQLException {
        return victim.ask("SELECT string_agg(balance::text, ', ' ORDER BY id) FROM account");
    }
}
