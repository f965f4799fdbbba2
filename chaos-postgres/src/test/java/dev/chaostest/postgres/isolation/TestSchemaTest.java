// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class TestSchemaTest {

    private final PGSimpleDataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final SchemaOptions options = SchemaOptions.ofDefaults(Run.random());

    private DataSource in(TestSchema schema) {
        return Twin.of(admin, schema.driverProperties()).dataSource();
    }

    @Test
    void itIsThereWhileOpenAndGoneAfterwards() {
        TestSchema schema = TestSchema.create(admin, options);
        assertThat(sql.schemaExists(schema.name())).isTrue();

        schema.close();

        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void secondCloseDoesNothing() {
        TestSchema schema = TestSchema.create(admin, options);
        schema.close();
        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void theNameSaysWhenAndInWhichRunItWasMade() {
        SchemaOptions dated = SchemaOptions.ofDefaults(new Run("build7"))
                .withClock(InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")));
        try (TestSchema first = TestSchema.create(admin, dated);
                TestSchema second = TestSchema.create(admin, dated)) {
            assertThat(first.name()).matches("chaos_toujs0_build7_\\d+").isNotEqualTo(second.name());
        }
    }

    @Test
    void aNameThatAnotherProcessOfTheRunTookIsSkipped() {
        InstantSource clock = InstantSource.fixed(Instant.now());
        String id = Run.random().id();
        try (TestSchema one = TestSchema.create(
                        admin, SchemaOptions.ofDefaults(new Run(id)).withClock(clock));
                TestSchema other = TestSchema.create(
                        admin, SchemaOptions.ofDefaults(new Run(id)).withClock(clock))) {
            assertThat(one.name()).endsWith(id + "_1");
            assertThat(other.name()).endsWith(id + "_2");
        }
    }

    @Test
    void sixteenInParallelWithTheSameTablesNeverSeeEachOther() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(16);
        try {
            List<Callable<List<String>>> tasks = IntStream.range(0, 16)
                    .mapToObj(i -> (Callable<List<String>>) () -> rowsAfterInserting(i))
                    .toList();
            List<List<String>> seen = new ArrayList<>();
            for (Future<List<String>> result : workers.invokeAll(tasks)) {
                seen.add(result.get());
            }
            assertThat(seen)
                    .isEqualTo(IntStream.range(0, 16)
                            .mapToObj(i -> List.of(Integer.toString(i)))
                            .toList());
        } finally {
            workers.shutdownNow();
        }
    }

    private List<String> rowsAfterInserting(int owner) {
        try (TestSchema schema = TestSchema.create(admin, options)) {
            Sql own = new Sql(in(schema));
            own.run("CREATE TABLE account (owner int)", "INSERT INTO account VALUES (" + owner + ")");
            return own.column("SELECT owner FROM account");
        }
    }

    @Test
    void tablesOfTheSameNameInPublicStayUnseenAndUntouched() {
        String table = "dirty_" + options.run().id();
        sql.run("CREATE TABLE public." + table + " (id int)", "INSERT INTO public." + table + " VALUES (7)");
        try (TestSchema schema = TestSchema.create(admin, options)) {
            Sql own = new Sql(in(schema));
            assertThat(own.column("SELECT to_regclass(?)", table)).containsExactly("null");
            own.run("CREATE TABLE " + table + " (id int)", "DROP TABLE IF EXISTS " + table);
            assertThatThrownBy(() -> own.run("DROP TABLE " + table)).hasRootCauseInstanceOf(SQLException.class);
        }
        assertThat(sql.column("SELECT id FROM public." + table)).containsExactly("7");
        sql.run("DROP TABLE public." + table);
    }

    @Test
    void publicFollowsOnThePathIfWanted() {
        try (TestSchema schema = TestSchema.create(admin, options.withPublic(true))) {
            assertThat(schema.driverProperties()).containsEntry("currentSchema", schema.quoted() + ",public");
            assertThat(new Sql(in(schema)).column("SELECT unnest(current_schemas(false))"))
                    .containsExactly(schema.name(), "public");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESET search_path", "RESET ALL", "DISCARD ALL", "SET search_path TO DEFAULT"})
    void noResetLeavesTheSchema(String reset) throws SQLException {
        try (TestSchema schema = TestSchema.create(admin, options);
                Connection connection = in(schema).getConnection()) {
            Sql.run(connection, "SET search_path TO public", reset);
            assertThat(Sql.column(connection, "SELECT current_schema()")).containsExactly(schema.name());
        }
    }

    @Test
    void everyConnectionOfAPoolIsInTheSchemaAlsoAfterDiscardAll() throws SQLException {
        DataSource original = DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres")
                .unpooled();
        try (TestSchema schema = TestSchema.create(admin, options);
                TestPool pool = TestPool.of(original, 3, "original");
                Twin twin = Twin.of(pool.dataSource(), schema.driverProperties())) {
            try (Connection one = twin.dataSource().getConnection();
                    Connection two = twin.dataSource().getConnection();
                    Connection three = twin.dataSource().getConnection()) {
                for (Connection each : List.of(one, two, three)) {
                    Sql.run(each, "DISCARD ALL");
                    assertThat(Sql.column(each, "SELECT current_schema()")).containsExactly(schema.name());
                }
            }
            assertThat(new Sql(twin.dataSource()).column("SELECT current_schema()"))
                    .containsExactly(schema.name());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x; DROP SCHEMA public CASCADE; --",
                "it's \"quoted\"",
                "\"",
                "a,b",
                "$user",
                "back\\slash",
                "two words",
                "UPPER",
                "line\nbreak",
                "%41&x=y?#+",
                "\uD83D\uDE80rocket",
                "größe",
                "PG_"
            })
    void hostilePrefixesAreJustNames(String prefix) {
        TestSchema schema = TestSchema.create(admin, options.withPrefix(prefix));
        try (schema) {
            Sql own = new Sql(in(schema));
            own.run(
                    "CREATE TABLE \"odd \"\" table\" (id int)",
                    "INSERT INTO " + schema.qualify("odd \" table") + " VALUES (1)");
            assertThat(schema.name()).startsWith(prefix + "_");
            assertThat(own.column("SELECT current_schema()")).containsExactly(schema.name());
            assertThat(own.column("SELECT id FROM \"odd \"\" table\"")).containsExactly("1");
        }
        assertThat(sql.schemaExists(schema.name())).isFalse();
        assertThat(sql.schemaExists("public")).isTrue();
    }

    @Test
    void aNameOfSixtyThreeBytesIsNotCutOff() {
        SchemaOptions one = SchemaOptions.ofDefaults(new Run("r" + options.run().id()));
        int rest = "_toujs0_".length() + one.run().id().length() + "_1".length();
        String prefix = "\u00e9".repeat((63 - rest) / 2) + "a".repeat((63 - rest) % 2);
        TestSchema schema = TestSchema.create(admin, one.withPrefix(prefix));
        try (schema) {
            assertThat(sql.column("SELECT octet_length(?)", schema.name())).containsExactly("63");
            assertThat(sql.schemaExists(schema.name())).isTrue();
            assertThat(new Sql(in(schema)).column("SELECT current_schema()")).containsExactly(schema.name());
        }
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void scriptsAndPublicWorkWithAHostilePrefix() {
        SchemaOptions hostile = options.withPrefix("a\", \"b").withPublic(true).withScripts(getClass(), "bank.sql");
        try (TestSchema schema = TestSchema.create(admin, hostile)) {
            assertThat(new Sql(in(schema)).column("SELECT sum(balance) FROM account"))
                    .containsExactly("2000");
        }
    }

    @Test
    void siblingsAreClosedWithTheFirst() {
        TestSchema schema = TestSchema.create(admin, options.withScripts(getClass(), "bank.sql"));
        TestSchema audit = schema.sibling("audit", "/isolation/absolute.sql");
        assertThat(new Sql(in(audit)).column("SELECT note FROM entry")).containsExactly("absolute");
        assertThat(new Sql(in(audit)).column("SELECT to_regclass('account')")).containsExactly("null");

        schema.close();

        assertThat(sql.schemaExists(audit.name())).isFalse();
        assertThat(sql.schemaExists(schema.name())).isFalse();
        assertThatThrownBy(() -> schema.sibling("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Schema \"" + schema.name() + "\" must be open, but is closed. Use it before the test ends.");
    }

    @Test
    void aRoleThatMayNotMakeSchemasIsToldWhatToGrant() {
        String role = "no\"create_" + options.run().id();
        String quoted = '"' + role.replace("\"", "\"\"") + '"';
        sql.run("CREATE ROLE " + quoted + " LOGIN PASSWORD 'secret'");
        try {
            DataSource weak =
                    DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
            String database = sql.column("SELECT current_database()").get(0);
            assertThatThrownBy(() -> TestSchema.create(weak, options))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Role \"" + role + "\" must be allowed to create schemas in database \"" + database
                            + "\", but is not (SQLSTATE 42501). Run as the owner of the database: GRANT CREATE ON"
                            + " DATABASE \"" + database + "\" TO " + quoted + ";");
        } finally {
            sql.run("DROP ROLE " + quoted);
        }
    }

    @Test
    void theGrantThatTheErrorNamesIsEnough() {
        String role = "may_create_" + options.run().id();
        String database = sql.column("SELECT quote_ident(current_database())").get(0);
        sql.run(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'",
                "GRANT CREATE ON DATABASE " + database + " TO " + role);
        try {
            DataSource granted =
                    DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
            TestSchema.create(granted, options.withScripts(getClass(), "bank.sql"))
                    .close();
        } finally {
            sql.run("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void theAdminsConnectionComesBackAsItWent() throws SQLException {
        try (TestPool pool = TestPool.of(admin, 1, "admin");
                TestSchema schema = TestSchema.create(
                        pool.dataSource(), options.withScripts(getClass(), "bank.sql", "/isolation/commits.sql"));
                Connection same = pool.dataSource().getConnection()) {
            assertThat(Sql.column(same, "SELECT current_setting('search_path')"))
                    .isEqualTo(sql.column("SELECT current_setting('search_path')"));
            assertThat(Sql.column(same, "SELECT current_setting('lock_timeout')"))
                    .containsExactly("0");
            assertThat(same.getAutoCommit()).isTrue();
            same.close();
            assertThat(schema.isKept()).isFalse();
        }
    }
}
