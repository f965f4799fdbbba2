// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Templates;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.pool.Twin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

class TestDatabaseTest {

    private final PGSimpleDataSource admin = IsolationTestServer.admin();
    private final Databases databases = new Databases(admin);
    private final DatabaseOptions options = DatabaseOptions.ofDefaults(Run.random());
    private final DatabaseOptions bank = options.withScripts(getClass(), "bank.sql");

    @AfterEach
    void drop() {
        databases.dropThoseOf(options.run());
    }

    @Test
    void itIsThereWhileOpenAndGoneAfterwards() {
        TestDatabase database = TestDatabase.create(admin, options);
        assertThat(databases.exists(database.name())).isTrue();

        database.close();
        database.close();

        assertThat(databases.exists(database.name())).isFalse();
    }

    @Test
    void itHoldsWhatItsScriptsMake() {
        try (TestDatabase database = TestDatabase.create(admin, bank)) {
            assertThat(databases.in(database).column("SELECT current_database()"))
                    .containsExactly(database.name());
            assertThat(databases.in(database).column("SELECT to_regclass('account')"))
                    .containsExactly("account");
        }
    }

    @Test
    void poolsAndConnectionsByUrlLeadThereToo() throws SQLException {
        try (TestDatabase database = TestDatabase.create(admin, bank)) {
            DataSource byUrl = DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres")
                    .withProperties(database.driverProperties())
                    .unpooled();
            assertThat(new Sql(byUrl).column("SELECT current_database()")).containsExactly(database.name());
            try (TestPool pool = TestPool.of(byUrl, 2, "database");
                    Twin twin = Twin.of(pool.dataSource(), database.driverProperties())) {
                assertThat(new Sql(twin.dataSource()).column("SELECT current_database()"))
                        .containsExactly(database.name());
            }
        }
    }

    @Test
    void copiesOfOneTemplateDoNotSeeEachOther() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(6);
        try {
            List<Callable<List<String>>> tasks = IntStream.range(0, 12)
                    .mapToObj(i -> (Callable<List<String>>) () -> rowsAfterInserting(i))
                    .toList();
            List<List<String>> seen = new ArrayList<>();
            for (Future<List<String>> result : workers.invokeAll(tasks)) {
                seen.add(result.get());
            }
            assertThat(seen)
                    .isEqualTo(IntStream.range(0, 12)
                            .mapToObj(i -> List.of("" + i))
                            .toList());
        } finally {
            workers.shutdownNow();
        }
    }

    private List<String> rowsAfterInserting(int owner) {
        try (TestDatabase database = TestDatabase.create(admin, bank)) {
            Sql own = databases.in(database);
            own.run("CREATE TABLE seen (owner int)", "INSERT INTO seen VALUES (" + owner + ")");
            return own.column("SELECT owner FROM seen");
        }
    }

    @Test
    void theScriptsRunOnceForAllThatHaveThem(@TempDir Path directory) throws Exception {
        String channel = options.run().id();
        Path script = Files.writeString(
                directory.resolve("once.sql"),
                "CREATE TABLE made AS SELECT clock_timestamp() AS at, '" + channel + "' AS run");
        DatabaseOptions once = options.withScripts(getClass(), "file:" + script);
        try (TestDatabase first = TestDatabase.create(admin, once);
                TestDatabase second = TestDatabase.create(admin, once)) {
            assertThat(databases.in(first).column("SELECT at FROM made"))
                    .isEqualTo(databases.in(second).column("SELECT at FROM made"));

            Files.writeString(script, "CREATE TABLE other ()");
            try (TestDatabase changed = TestDatabase.create(admin, once)) {
                assertThat(databases
                                .in(changed)
                                .column("SELECT relname FROM pg_class WHERE relname IN ('made', 'other')"))
                        .containsExactly("other");
            }
        }
        new Templates(admin, getClass(), "file:" + script).drop();
    }

    @Test
    void advisoryLocksAndNotificationsOfTheSameNameDoNotMeet() throws SQLException {
        try (TestDatabase one = TestDatabase.create(admin, options);
                TestDatabase other = TestDatabase.create(admin, options);
                Connection first = databases.connect(one);
                Connection second = databases.connect(other)) {
            assertThat(Sql.column(first, "SELECT pg_try_advisory_lock(1)")).containsExactly("t");
            assertThat(Sql.column(second, "SELECT pg_try_advisory_lock(1)")).containsExactly("t");
        }
    }

    @Test
    void sessionsThatTheTestForgotAreEnded() throws SQLException {
        TestDatabase database = TestDatabase.create(admin, options);
        try (Connection forgotten = databases.connect(database)) {
            forgotten.setAutoCommit(false);
            Sql.run(forgotten, "CREATE TABLE half ()");

            database.close();

            assertThat(databases.exists(database.name())).isFalse();
            assertThatThrownBy(() -> Sql.run(forgotten, "SELECT 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void aPreparedTransactionKeepsItAndIsNamed() throws SQLException {
        String gid = "left-" + options.run().id();
        TestDatabase database = TestDatabase.create(admin, options);
        try (Connection connection = databases.connect(database)) {
            boolean isPossible =
                    !Sql.column(connection, "SHOW max_prepared_transactions").contains("0");
            assumeTrue(isPossible, "the server allows no prepared transactions");
            Sql.run(connection, "BEGIN", "CREATE TABLE half ()", "PREPARE TRANSACTION '" + gid + "'");
        }
        assertThatThrownBy(database::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Database \"" + database.name() + "\" must be left empty-handed by its test, but something in"
                                + " it keeps it from being dropped. End it in the test, then close the database again."
                                + "\n  left   : prepared transaction \"" + gid + "\"");
        databases.in(database).run("ROLLBACK PREPARED '" + gid + "'");
        database.close();
        assertThat(databases.exists(database.name())).isFalse();
    }

    @Test
    void anExtensionComesWithAScript(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("extension.sql"), "CREATE EXTENSION pgcrypto");
        DatabaseOptions with = options.withScripts(getClass(), "file:" + script);
        try (TestDatabase database = TestDatabase.create(admin, with)) {
            assertThat(databases.in(database).column("SELECT length(gen_random_bytes(4))"))
                    .containsExactly("4");
        }
        new Templates(admin, getClass(), "file:" + script).drop();
    }

    @Test
    void anExtensionThatTheServerDoesNotHaveFailsLoudlyAndLeavesNothing(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(
                directory.resolve("extension.sql"),
                "-- " + options.run().id() + "\nCREATE EXTENSION no_such_extension");
        DatabaseOptions with = options.withScripts(getClass(), "file:" + script);
        assertThatThrownBy(() -> TestDatabase.create(admin, with))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("Script \"file:" + script
                        + "\" must run without an error, but statement 1 failed with SQLSTATE ");
        Templates templates = new Templates(admin, getClass(), "file:" + script);
        assertThat(templates.complete()).isEmpty();
        assertThat(templates.building()).isEmpty();
    }

    @Test
    void aRoleThatMayNotCreateDatabasesIsToldTheStatement() throws SQLException {
        String role = "weak_" + options.run().id();
        new Sql(admin).run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
        try {
            DataSource weak =
                    DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
            assertThatThrownBy(() -> TestDatabase.create(weak, options))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Role \"" + role
                            + "\" must be allowed to create databases, but is not (SQLSTATE 42501)."
                            + " Run as a superuser: ALTER ROLE \"" + role + "\" CREATEDB; or isolate tests by schemas,"
                            + " with @IsolatedSchema.");
        } finally {
            new Sql(admin).run("DROP ROLE " + role);
        }
    }

    @Test
    void sessionsOfAnotherRoleMayNotBeEndedByAnyRole() throws SQLException {
        String role = "owner_" + options.run().id();
        new Sql(admin).run("CREATE ROLE " + role + " LOGIN CREATEDB PASSWORD 'secret'");
        DataSource weak =
                DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
        TestDatabase database = TestDatabase.create(weak, options);
        try (Connection superuser = databases.connect(database)) {
            int pid = superuser.unwrap(PGConnection.class).getBackendPID();
            Sql.run(superuser, "SET application_name = 'somebody else'");
            assertThatThrownBy(database::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Role \"" + role + "\" must be allowed to end the sessions in database \""
                            + database.name() + "\" to drop it, but is not (SQLSTATE 42501). Close them in the test, or"
                            + " run as a superuser: GRANT pg_signal_backend TO \"" + role + "\";"
                            + "\n  session: pid " + pid
                            + ", role postgres, application_name \"somebody else\"");
            assertThat(Sql.column(superuser, "SELECT 1")).containsExactly("1");
        }
        database.close();
        assertThat(databases.exists(database.name())).isFalse();
        databases.dropOwnedBy(role);
    }

    @Test
    void aHostilePrefixIsOnlyAName() {
        DatabaseOptions hostile = options.withPrefix("it's \"x\"; DROP -- 🐘 ?&/%");
        try (TestDatabase database = TestDatabase.create(admin, hostile)) {
            assertThat(databases.in(database).column("SELECT current_database()"))
                    .containsExactly(database.name());
        }
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> TestDatabase.create(admin, options.withPrefix("x".repeat(60))))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("A database name must have at most 63 bytes in UTF-8, but \"xxx");
    }

    @Test
    void anEmptyPrefixIsRefused() {
        assertThatThrownBy(() -> options.withPrefix(""))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A database prefix must not be empty, but was \"\". Use for example \"chaos\".");
    }

    @Test
    void aTestCanHaveSeveral() {
        try (TestDatabase database = TestDatabase.create(admin, options)) {
            TestDatabase audit = database.sibling("audit", "bank.sql");
            assertThat(databases.exists(audit.name())).isTrue();
            database.close();
            assertThat(databases.exists(audit.name())).isFalse();
            assertThatThrownBy(() -> database.sibling("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Database \"" + database.name()
                            + "\" must be open, but is closed. Use it before the test ends.");
        }
    }

    @Test
    void closingAKeptOneLeavesItAndTheTextSaysHowToLookIntoIt() throws SQLException {
        TestDatabase database = TestDatabase.create(admin, options.withPrefix("it's kept &?#"));
        String text = database.keep("transferIsRetried failed.");
        database.close();

        assertThat(database.isKept()).isTrue();
        String server = admin.getServerNames()[0] + ":" + admin.getPortNumbers()[0];
        String encoded = database.name()
                .replace("'", "%27")
                .replace(" ", "%20")
                .replace("&", "%26")
                .replace("?", "%3F")
                .replace("#", "%23");
        assertThat(text)
                .isEqualTo("Database \"" + database.name() + "\" is kept: transferIsRetried failed."
                        + "\n  psql : psql 'postgresql://postgres@" + server + "/" + encoded + "'"
                        + "\n  jdbc : jdbc:postgresql://" + server + "/" + encoded + "?user=postgres"
                        + "\n  drop : DROP DATABASE \"" + database.name() + "\";");
        try (Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://" + server + "/" + encoded + "?user=postgres&password=postgres")) {
            assertThat(Sql.column(connection, "SELECT current_database()")).containsExactly(database.name());
        }
    }
}
