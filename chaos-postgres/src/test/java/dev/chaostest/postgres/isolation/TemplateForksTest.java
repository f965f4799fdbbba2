// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.Run;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.isolation.internal.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several that need the same template at once. Its script waits in the middle, for a lock that reaches all databases. */
@Timeout(300)
class TemplateForksTest {

    private static final String SCRIPT = """
            -- %s
            CREATE TABLE made AS SELECT clock_timestamp() AS at;
            LOCK TABLE pg_tablespace IN ROW EXCLUSIVE MODE;
            CREATE TABLE last_of_the_script ();
            """;

    private final DataSource admin = IsolationTestServer.admin();
    private final Databases databases = new Databases(admin);
    private final Sql sql = new Sql(admin);
    private final Run run = Run.random();
    private Path script = Path.of("");
    private Templates templates = new Templates(admin, getClass(), List.of());

    @BeforeEach
    void writeScript(@TempDir Path directory) throws IOException {
        script = Files.writeString(directory.resolve("waits.sql"), SCRIPT.formatted(run.id()));
        templates = new Templates(admin, getClass(), List.of("file:" + script));
    }

    @AfterEach
    void drop() {
        databases.dropThoseOf(run);
        templates.drop();
    }

    private Connection holdingUpTheScript() throws SQLException {
        Connection holding = admin.getConnection();
        Sql.run(holding, "BEGIN", "LOCK TABLE pg_tablespace IN SHARE MODE");
        return holding;
    }

    private void awaitScripts() {
        await(() -> sql.column(
                                "SELECT pid FROM pg_stat_activity WHERE starts_with(datname::text, ?) AND wait_event_type = 'Lock'",
                                templates.buildingStart())
                        .size()
                == 1);
    }

    private void awaitSomebodyWaitingForTheBuild() {
        await(() -> !sql.column(
                        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid::bigint = ?::bigint",
                        "" + templates.lockKey())
                .isEmpty());
    }

    private static void await(Callable<Boolean> condition) {
        Patience.await()
                .atMost(Duration.ofSeconds(90)) // another JVM starts meanwhile
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    @Test
    void twoProcessesBuildItOnce() throws Exception {
        try (Connection holding = holdingUpTheScript();
                Fork first = Fork.start(run, script)) {
            awaitScripts();
            try (Fork second = Fork.start(run, script)) {
                awaitSomebodyWaitingForTheBuild();
                assertThat(templates.complete()).isEmpty();
                assertThat(templates.building()).hasSize(1);
                Sql.run(holding, "COMMIT");

                assertSame(first.database(), second.database());
            }
        }
    }

    private void assertSame(String first, String second) {
        assertThat(first).isNotEqualTo(second);
        assertThat(databases.in(first).column("SELECT at FROM made"))
                .hasSize(1)
                .isEqualTo(databases.in(second).column("SELECT at FROM made"));
        assertThat(templates.complete()).hasSize(1);
        assertThat(templates.building()).isEmpty();
    }

    @Test
    void whatAKilledProcessHadHalfBuiltIsBuiltAnew() throws Exception {
        try (Connection holding = holdingUpTheScript();
                Fork first = Fork.start(run, script)) {
            awaitScripts();
            List<String> ofTheFirst = scriptsOf();
            try (Fork second = Fork.start(run, script)) {
                awaitSomebodyWaitingForTheBuild();

                first.kill();

                await(() -> {
                    List<String> now = scriptsOf();
                    return now.size() == 1 && !now.equals(ofTheFirst);
                });
                assertThat(templates.complete()).isEmpty();
                assertThat(templates.building())
                        .as("what the killed one left is gone")
                        .hasSize(1);
                Sql.run(holding, "COMMIT");
                assertThat(databases.in(second.database()).column("SELECT to_regclass('last_of_the_script')"))
                        .containsExactly("last_of_the_script");
            }
        }
        assertThat(templates.complete()).hasSize(1);
        assertThat(templates.building()).isEmpty();
    }

    /** The sessions that run it, as they are told apart after their ends. */
    private List<String> scriptsOf() {
        return sql.column(
                "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE starts_with(datname::text, ?)",
                templates.buildingStart());
    }

    @Test
    void soDoManyThreads() throws Exception {
        DatabaseOptions options = DatabaseOptions.ofDefaults(run).withScripts(getClass(), "file:" + script);
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try (Connection holding = holdingUpTheScript()) {
            List<Future<TestDatabase>> made = List.of(
                    workers.submit(() -> TestDatabase.create(admin, options)),
                    workers.submit(() -> TestDatabase.create(admin, options)),
                    workers.submit(() -> TestDatabase.create(admin, options)));
            awaitScripts();
            awaitSomebodyWaitingForTheBuild();
            Sql.run(holding, "COMMIT");
            assertSame(made.get(0).get().name(), made.get(1).get().name());
            made.get(2).get().close();
        } finally {
            workers.shutdownNow();
        }
    }
}
