// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class KeptConnectionsTest {

    private static final int KEPT_MAX = 8;

    private final String name = Run.random().unique("kept");
    private final KeptConnections kept = new KeptConnections(
            DriverSettings.of(TestServer.url(), "postgres", "postgres").withApplicationName(name));

    @AfterEach
    void close() {
        kept.close();
    }

    @Test
    void oneAfterTheOtherUsesTheSameBackend() throws SQLException {
        assertThat(pid()).isEqualTo(pid());
    }

    @Test
    void whatItsUserLeftIsGoneAsSoonAsItIsGivenBack() throws SQLException {
        String pid;
        try (Connection used = kept.getConnection()) {
            pid = ask(used, "SELECT pg_backend_pid()");
            run(used, "SET search_path = pg_catalog; SET ROLE pg_monitor; LISTEN a; PREPARE p AS SELECT 1");
            run(used, "CREATE TEMP TABLE left_over (id int); SELECT pg_advisory_lock(hashtext('" + name + "'))");
        }

        assertThat(onAnother("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = " + pid))
                .isEqualTo("0");
        try (Connection next = kept.getConnection()) {
            assertThat(ask(next, "SELECT pg_backend_pid()")).isEqualTo(pid);
            assertThat(ask(next, "SELECT current_setting('search_path') || ' ' || current_user"))
                    .isEqualTo("\"$user\", public postgres");
            assertThat(ask(next, "SELECT count(*) FROM pg_listening_channels()"))
                    .isEqualTo("0");
            assertThat(ask(next, "SELECT to_regclass('left_over')")).isNull();
            assertThat(ask(next, "SELECT current_setting('application_name')")).isEqualTo(name);
        }
    }

    @Test
    void aTransactionThatItsUserLeftIsRolledBack() throws SQLException {
        String pid;
        try (Connection used = kept.getConnection()) {
            pid = ask(used, "SELECT pg_backend_pid()");
            used.setAutoCommit(false);
            run(used, "CREATE SCHEMA " + name);
        }

        assertThat(onAnother("SELECT to_regnamespace('" + name + "')")).isNull();
        assertThat(onAnother("SELECT state FROM pg_stat_activity WHERE pid = " + pid))
                .isEqualTo("idle");
        try (Connection next = kept.getConnection()) {
            assertThat(next.getAutoCommit()).isTrue();
        }
    }

    @Test
    void oneWithATransactionThatWasBegunByHandIsNotKept() throws SQLException {
        String pid;
        try (Connection used = kept.getConnection()) {
            pid = ask(used, "SELECT pg_backend_pid()");
            run(used, "BEGIN");
        }

        awaitBackends(0);
        assertThat(pid()).isNotEqualTo(pid);
    }

    @Test
    void oneThatDiedMeanwhileIsReplaced() throws SQLException {
        String pid = pid();

        assertThat(onAnother("SELECT pg_terminate_backend(" + pid + ", 10000)")).isEqualTo("t");

        assertThat(pid()).isNotEqualTo(pid);
    }

    @Test
    void sixteenAtOnceEachHaveTheirOwnAndFewAreKept() throws Exception {
        int threads = 16;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier all = new CyclicBarrier(threads);
            Callable<String> task = () -> {
                String pid;
                try (Connection connection = kept.getConnection()) {
                    pid = ask(connection, "SELECT pg_backend_pid()");
                    all.await(30, TimeUnit.SECONDS);
                }
                return pid;
            };
            List<Future<String>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(task));
            }
            Set<String> pids = new HashSet<>();
            for (Future<String> future : futures) {
                pids.add(future.get(60, TimeUnit.SECONDS));
            }

            assertThat(pids).hasSize(threads);
            awaitBackends(KEPT_MAX);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void closingEndsThemAndThoseInUseWhenTheyComeBack() throws SQLException {
        try (Connection inUse = kept.getConnection()) {
            pid();
            kept.close();

            awaitBackends(1);
            assertThat(ask(inUse, "SELECT 1")).isEqualTo("1");
        }
        awaitBackends(0);

        assertThat(pid()).as("late housekeeping goes on").isNotEmpty();
        awaitBackends(0);
    }

    @Test
    void oneThatWasGivenBackCannotBeUsedAnyMore() throws SQLException {
        Connection used = kept.getConnection();
        used.close();
        used.close();

        assertThat(used.isClosed()).isTrue();
        assertThatThrownBy(used::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessage("A connection must be open, but was closed before. Take another one.");
        assertThat(pid()).as("and was given back once").isNotEqualTo(pidWhileAnotherIsInUse());
    }

    private String pidWhileAnotherIsInUse() throws SQLException {
        try (Connection first = kept.getConnection()) {
            assertThat(first.isValid(30)).isTrue();
            return pid();
        }
    }

    @Test
    void whatTheServerSaysOfAStatementIsSeenAsItIs() throws SQLException {
        try (Connection used = kept.getConnection()) {
            assertThat(used.unwrap(PGConnection.class).getBackendPID()).isPositive();
            assertThatThrownBy(() -> run(used, "SELECT 1/0"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"));
        }
    }

    private String pid() throws SQLException {
        try (Connection connection = kept.getConnection()) {
            return ask(connection, "SELECT pg_backend_pid()");
        }
    }

    private void awaitBackends(int count) {
        await().untilAsserted(() -> assertThat(
                        onAnother("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + name + "'"))
                .isEqualTo("" + count));
    }

    private static ConditionFactory await() {
        return Patience.await();
    }

    private static String onAnother(String query) throws SQLException {
        try (Connection connection = DriverSettings.of(TestServer.url(), "postgres", "postgres")
                .unpooled()
                .getConnection()) {
            return ask(connection, query);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
