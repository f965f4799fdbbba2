// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.junit5.Reports;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.monitor.Blocking;
import dev.chaostest.postgres.monitor.MonitorRecorder;
import dev.chaostest.postgres.wire.WireMount;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** What a red test says about the server. */
@PostgresTest
@Timeout(240)
class ServerEvidenceTest {

    private static final String WAITS = "Who waited for whom on the server";
    private static final String DONE = "Done before the interrupt";

    @TempDir
    Path directory;

    private Inner run(Class<?> testCases, Postgres here) {
        return run(testCases, here, Map.of());
    }

    private Inner run(Class<?> testCases, Postgres here, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("chaos.report.directory", directory.toString());
        settings.put("chaos.jdbc.url", here.jdbcUrl());
        settings.put("chaos.jdbc.user", here.user().orElse("postgres"));
        here.password().ifPresent(password -> settings.put("chaos.jdbc.password", password));
        settings.putAll(more);
        return Inner.run(testCases, settings);
    }

    private String report() {
        return new Reports(directory).text();
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aFailureShowsWhatItsConnectionsHeld(Postgres here) {
        run(HoldingTestCases.class, here);

        String report = report();
        assertThat(Reports.section(report, WAITS)).isNotEmpty();
        assertThat(Reports.section(report, "Sessions in database "))
                .as("before anything was closed")
                .anyMatch(line -> line.matches("\\* +\\d+ .* idle in transaction .*UPDATE account SET balance .*"))
                .last()
                .isEqualTo("* a connection of the test");
        assertThat(Reports.section(report, "Locks of these sessions"))
                .anyMatch(line -> line.matches(" *\\d+  holds .* RowExclusiveLock +\\S*account"));
        assertThat(Reports.section(report, "Versions"))
                .contains("PostgreSQL " + here.version())
                .anyMatch(line -> line.startsWith("pgjdbc 42."))
                .anyMatch(line -> line.startsWith("HikariCP "));
        assertThat(Reports.section(report, DONE)).isEmpty();
        assertThat(Reports.section(report, "Sites seen"))
                .as("the look itself is no arrival")
                .noneMatch(line -> line.contains("pg_"));
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest(autoCommit = false)
    static class HoldingTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosDelay(max = "1ms", on = "UPDATE account")
        void holds(Connection connection) throws SQLException {
            Bank.add(connection, 1, 1);
            throw new AssertionError("red");
        }
    }

    @Test
    void aTestThatHangsOnARowLockShowsWhoBlocksWhomAndIsFreed(Postgres here) {
        Inner inner = run(BlockedTestCases.class, here);

        assertBlocked(inner, "BlockedTestCases", inner.published("state"));
    }

    @Test
    void alsoOnAThreadOfItsOwn(Postgres here) throws Exception {
        Inner inner = run(SeparateTestCases.class, here);

        // JUnit does not wait for that thread: it may still be about to say how it was freed.
        String state = SeparateTestCases.FREED.poll(30, TimeUnit.SECONDS);
        assertBlocked(inner, "SeparateTestCases", List.of(String.valueOf(state)));
    }

    @Test
    void alsoWithATimeOutFromTheConfiguration(Postgres here) {
        Inner inner = run(
                ConfiguredTestCases.class,
                here,
                Map.of("junit.jupiter.execution.timeout.testable.method.default", "5 S"));

        assertBlocked(inner, "ConfiguredTestCases", inner.published("state"));
    }

    private void assertBlocked(Inner inner, String testCases, List<String> states) {
        assertThat(inner.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getCause())
                        .as("the time-out comes first")
                        .isInstanceOf(TimeoutException.class));
        assertThat(inner.message()).startsWith("ServerEvidenceTest$" + testCases + ".waits: TimeoutException: waits");
        int holder = Integer.parseInt(inner.published("holder").get(0));
        int waiter = Integer.parseInt(inner.published("waiter").get(0));
        assertThat(states).as("the cancel has freed it").containsExactly("57014");
        String report = report();
        assertThat(String.join("\n", Reports.section(report, WAITS)))
                .as("it was looked at before it was freed")
                .containsPattern("(?m)^pid " + waiter + " \\(ServerEvidenceTest\\$" + testCases
                        + "\\.waits, active for [\\d.]+m?s: UPDATE account SET balance = balance \\+ \\$1 WHERE id = \\$2\\)\n"
                        + "  waits [\\d.]+m?s \\(ShareLock on transaction \\d+\\) for pid " + holder
                        + " \\(ServerEvidenceTest\\$" + testCases + "\\.waits, idle in transaction for [\\d.]+m?s");
        assertThat(Reports.section(report, DONE))
                .as("only what was running is cancelled")
                .containsExactly(
                        "cancelled pid " + waiter + ", UPDATE account SET balance = balance + $1 WHERE id = $2");
        assertThat(report.indexOf(DONE)).as("most important first").isLessThan(report.indexOf(WAITS));
        assertThat(Reports.section(report, WAITS)).endsWith("(drawn in an .svg file beside this one)");
        assertThat(new Reports(directory).pictures())
                .singleElement()
                .asString()
                .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                .contains(">pid " + waiter + " · ", ">pid " + holder + " · ")
                .endsWith("</svg>\n");
    }

    private static void waits(DataSource bank, TestReporter reporter) throws SQLException {
        waits(bank, reporter, state -> reporter.publishEntry("state", state));
    }

    private static void waits(DataSource bank, TestReporter reporter, Consumer<String> freedWith) throws SQLException {
        try (Connection holder = bank.getConnection();
                Connection waiter = bank.getConnection()) {
            holder.setAutoCommit(false);
            Bank.add(holder, 1, 1);
            run(waiter, "SET statement_timeout = 0"); // or the database gives up before the test does
            reporter.publishEntry("holder", "" + pid(holder));
            reporter.publishEntry("waiter", "" + pid(waiter));
            try {
                Bank.add(waiter, 1, 1);
            } catch (SQLException freed) {
                freedWith.accept(freed.getSQLState());
                throw freed;
            }
        }
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class BlockedTestCases {
        @ChaosTest
        @Timeout(5)
        void waits(DataSource bank, TestReporter reporter) throws SQLException {
            ServerEvidenceTest.waits(bank, reporter);
        }
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class SeparateTestCases {
        private static final BlockingQueue<String> FREED = new LinkedBlockingQueue<>();

        @ChaosTest
        @Timeout(value = 5, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void waits(DataSource bank, TestReporter reporter) throws SQLException {
            ServerEvidenceTest.waits(bank, reporter, FREED::add);
        }
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class ConfiguredTestCases {
        @ChaosTest
        void waits(DataSource bank, TestReporter reporter) throws SQLException {
            ServerEvidenceTest.waits(bank, reporter);
        }
    }

    @Test
    void whereTheDatabaseGivesUpFirstWhoBlockedWhomWasSeenBefore(Postgres here) {
        Inner inner = run(GivingUpTestCases.class, here, Map.of("junit.jupiter.execution.timeout.mode", "disabled"));

        assertThat(inner.message()).contains("statement timeout");
        String report = report();
        assertThat(String.join("\n", Reports.section(report, "Who waited for whom at ")))
                .containsPattern("  waits [\\d.]+m?s \\(ShareLock on transaction \\d+\\) for pid \\d+ "
                        + "\\(ServerEvidenceTest\\$GivingUpTestCases\\.givesUp, idle in transaction");
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class GivingUpTestCases {
        private final List<Connection> connections = new ArrayList<>();

        /** The statement waits long enough for a busy machine to look at it first, and JUnit, which is off, longer. */
        @BeforeEach
        void hold(DataSource bank) throws SQLException {
            for (int i = 0; i < 2; i++) {
                connections.add(bank.getConnection());
            }
            connections.get(0).setAutoCommit(false);
            Bank.add(connections.get(0), 1, 1);
            run(connections.get(1), "SET statement_timeout = '8s'");
        }

        @ChaosTest
        @Timeout(3)
        void givesUp() throws SQLException {
            Bank.add(connections.get(1), 1, 1);
        }

        @AfterEach
        void close() throws SQLException {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void aRecorderShowsWhatIsOverWhenTheTestFails(Postgres here) {
        run(RecordedTestCases.class, here);

        assertThat(Reports.section(report(), WAITS))
                .as("it is over")
                .noneMatch(line -> line.contains("RecordedTestCases.waited"));
        assertThat(Reports.section(report(), "What PostgreSQL did while the test ran"))
                .anyMatch(line -> line.matches(".*; waiting: .*\\d+ for \\d+.*"));
        assertThat(report()).containsPattern("\nWho waited for whom at 2.*\n  pid \\d+ ");
        assertThat(new Reports(directory).pictures()).anyMatch(svg -> svg.contains("RecordedTestCases.waited"));
    }

    /** In a database of its own: the recorder draws the last who waited there, and other tests wait, too. */
    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @IsolatedDatabase(value = "bank.sql", keepOnFailure = false)
    static class RecordedTestCases {
        @ChaosTest
        void waited(DataSource bank, Postgres server, ChaosScope scope) throws SQLException {
            PGSimpleDataSource past = new PGSimpleDataSource();
            past.setUrl(server.jdbcUrl());
            past.setUser(server.user().orElseThrow());
            MonitorRecorder recorder =
                    scope.own("the recorder", MonitorRecorder.start(past, Duration.ofMillis(5), scope.time()));
            try (Connection holder = bank.getConnection();
                    Connection waiter = bank.getConnection()) {
                holder.setAutoCommit(false);
                Bank.add(holder, 1, 1);
                CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> add(waiter));
                Blocking expected = new Blocking(pid(waiter), pid(holder));
                Awaitility.await("the recorder must see it")
                        .dontCatchUncaughtExceptions()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> recorder.states().stream()
                                .anyMatch(state -> state.blockings().contains(expected)));
                holder.rollback();
                waiting.join();
            }
            throw new AssertionError("red");
        }

        private static void add(Connection connection) {
            try {
                Bank.add(connection, 1, 1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aBlockerThatIsNotTheTestsIsShownButNotCancelled(Postgres here, DataSource direct) throws SQLException {
        try (Connection foreign = direct.getConnection()) {
            run(foreign, "SELECT pg_advisory_lock(815)");
            Inner inner = run(ForeignTestCases.class, here);

            assertThat(String.join("\n", Reports.section(report(), WAITS)))
                    .containsPattern(
                            "waits [\\d.]+m?s \\(ExclusiveLock on advisory 815\\) for pid " + pid(foreign) + " ");
            assertThat(Reports.section(report(), DONE))
                    .singleElement()
                    .asString()
                    .endsWith(", SELECT pg_advisory_lock(815)")
                    .doesNotContain("pid " + pid(foreign));
            assertThat(inner.failures()).hasSize(1);
            assertThat(Bank.ask(foreign, "SELECT pg_advisory_unlock(815)"))
                    .as("it is alive and has its lock")
                    .isEqualTo("t");
        }
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    static class ForeignTestCases {
        @ChaosTest
        @Timeout(5)
        void waits(DataSource database) throws SQLException {
            try (Connection waiter = database.getConnection()) {
                run(waiter, "SET statement_timeout = 0");
                run(waiter, "SELECT pg_advisory_lock(815)");
            }
        }
    }

    @Test
    void aPoolThatIsUsedUpDoesNotKeepTheServerFromBeingAsked(Postgres here) {
        HandedTestCases.url = here.jdbcUrl();
        HandedTestCases.user = here.user().orElse("postgres");
        run(HandedTestCases.class, here);

        assertThat(Reports.section(report(), "Sessions in database ")).anyMatch(line -> line.matches("\\* +\\d+ .*"));
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest(from = "pool")
    static class HandedTestCases {
        static volatile String url = "";
        static volatile String user = "";

        private static final HikariDataSource POOL = new HikariDataSource();

        static DataSource pool() {
            HikariDataSource pool = POOL;
            pool.setJdbcUrl(url);
            pool.setUsername(user);
            pool.setMaximumPoolSize(1);
            pool.setDataSourceProperties(WireMount.of("evidence-handed").properties());
            return pool;
        }

        @AfterAll
        static void close() {
            POOL.close();
        }

        @ChaosTest
        void usesItUp(DataSource pool) throws SQLException {
            try (Connection only = pool.getConnection()) {
                run(only, "SELECT 1");
                throw new AssertionError("red while the pool is used up");
            }
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = "it needs the password")
    void noPasswordGetsIntoTheReport(Postgres here) {
        run(SecretTestCases.class, here, Map.of("chaos.jdbc.password", "geheim-4711"));

        assertThat(report())
                .contains("chaos.jdbc.password = ***")
                .contains("the password *** was wrong")
                .contains("PASSWORD ***")
                .doesNotContain("geheim");
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    static class SecretTestCases {
        @ChaosTest
        @ChaosDelay(max = "1ms", on = "CREATE")
        void fails(Connection connection) throws SQLException {
            run(connection, "CREATE ROLE evidence_secret PASSWORD 'geheim-0815'");
            run(connection, "DROP ROLE evidence_secret");
            throw new AssertionError("the password geheim-4711 was wrong");
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = "it needs the password")
    void neitherDoesThatOfADataSourceThatIsHandedOver(Postgres here) {
        HandedSecretTestCases.url = here.jdbcUrl();
        run(HandedSecretTestCases.class, here);

        assertThat(report()).contains("neither *** nor *** was taken").doesNotContain("geheim");
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest(from = "pool")
    static class HandedSecretTestCases {
        static volatile String url = "";

        static DataSource pool() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(url);
            pool.setUsername("postgres");
            pool.setPassword("geheim-1234");
            pool.addDataSourceProperty("password", "geheim-5678");
            return pool;
        }

        @ChaosTest
        void fails() {
            throw new AssertionError("neither geheim-1234 nor geheim-5678 was taken");
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = "it breaks its server")
    void aDeadServerIsALineOfTheReport(Postgres here) {
        Inner inner = Inner.run(
                DeadTestCases.class,
                Map.of(
                        "chaos.report.directory",
                        directory.toString(),
                        "chaos.postgres.version",
                        "" + here.majorVersion()));

        assertThat(inner.message()).contains("the server is gone").contains("\n  evidence : " + directory);
        assertThat(Reports.section(report(), "PostgreSQL"))
                .singleElement()
                .asString()
                .startsWith("could not be asked: 08001, ");
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @OwnServer
    static class DeadTestCases {
        @ChaosTest
        void kills(Postgres own) {
            own.server().orElseThrow().close();
            throw new AssertionError("the server is gone");
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = "it freezes its server")
    void aServerThatDoesNotAnswerIsALineOfTheReport(Postgres here) {
        Inner inner = Inner.run(
                FrozenTestCases.class,
                Map.of(
                        "chaos.report.directory",
                        directory.toString(),
                        "chaos.postgres.version",
                        "" + here.majorVersion()));

        assertThat(inner.message()).contains("the server is frozen");
        assertThat(Reports.section(report(), "PostgreSQL"))
                .singleElement()
                .asString()
                .contains("not");
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest
    @OwnServer
    static class FrozenTestCases {
        private long frozen;

        @ChaosTest
        void freezes(Postgres own) throws IOException, InterruptedException {
            frozen = own.server().orElseThrow().pid();
            signal("STOP");
            throw new AssertionError("the server is frozen");
        }

        @AfterEach
        void thaw() throws IOException, InterruptedException {
            signal("CONT");
        }

        private void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, "" + frozen).start();
            assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void testsThatFailTogetherShowTheirOwnConnections(Postgres here) {
        run(ParallelTestCases.class, here);

        Reports reports = new Reports(directory);
        for (String test : List.of("one", "two")) {
            assertThat(Reports.section(reports.text(test), "Sessions in database ").stream()
                            .filter(line -> line.matches("\\* +\\d.*")))
                    .singleElement()
                    .asString()
                    .contains("ServerEvidenceTest$ParallelTestCases." + test);
        }
    }

    @Tag(ChaosTags.TRANSACTION)
    @PostgresTest(autoCommit = false)
    @IsolatedSchema("bank.sql")
    static class ParallelTestCases {
        @ChaosTest
        void one(Connection connection) throws SQLException {
            Bank.add(connection, 1, 1);
            throw new AssertionError("one");
        }

        @ChaosTest
        void two(Connection connection) throws SQLException {
            Bank.add(connection, 1, 1);
            throw new AssertionError("two");
        }
    }
}
