// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaSweepTest {

    private final Instant now = Instant.now();
    private static final Duration DAY = SchemaSweep.DEFAULT_AGE;

    private final DataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final Run run = Run.random();
    private final String prefix = "swept-" + run.id();

    @AfterEach
    void drop() {
        sql.column("SELECT quote_ident(nspname) FROM pg_namespace WHERE strpos(nspname, ?) > 0", run.id())
                .forEach(name -> sql.run("DROP SCHEMA " + name + " CASCADE"));
    }

    private TestSchema made(Duration ago, String prefixed) {
        return TestSchema.create(
                admin,
                SchemaOptions.ofDefaults(run)
                        .withPrefix(prefixed)
                        .withClock(InstantSource.fixed(now.minus(ago)))
                        .withScripts(getClass(), "bank.sql"));
    }

    private SchemaSweep sweep() {
        return SchemaSweep.run(admin, prefix, DAY, now);
    }

    @Test
    void oldOnesGoAndYoungOnesStay() {
        TestSchema old = made(DAY.plusSeconds(1), prefix);
        TestSchema kept = made(DAY.multipliedBy(30), prefix);
        kept.keep("its test failed.");
        TestSchema young = made(DAY.minusSeconds(1), prefix);

        SchemaSweep swept = sweep();

        assertThat(swept.dropped()).containsExactlyInAnyOrder(old.name(), kept.name());
        assertThat(swept.skipped()).isEmpty();
        assertThat(sql.schemaExists(old.name())).isFalse();
        assertThat(sql.schemaExists(young.name())).isTrue();
        assertThat(sweep().dropped()).isEmpty();
    }

    @Test
    void similarNamesAreLeftAlone() {
        String stamp = Long.toString(now.minus(DAY.multipliedBy(9)).getEpochSecond(), 36);
        String unmarked = prefix + "_" + stamp + "_x_1";
        sql.run("CREATE SCHEMA \"" + unmarked + "\"");
        TestSchema longer = made(DAY.multipliedBy(9), prefix + "_more");
        TestSchema other = made(DAY.multipliedBy(9), "my" + prefix);
        TestSchema renamed = made(DAY.multipliedBy(9), prefix);
        sql.run("ALTER SCHEMA " + renamed.quoted() + " RENAME TO \"" + renamed.name() + "_mine\"");

        assertThat(sweep().dropped()).isEmpty();

        assertThat(List.of(unmarked, longer.name(), other.name(), renamed.name() + "_mine"))
                .allMatch(sql::schemaExists);
    }

    @Test
    void wildcardsInAPrefixAreJustCharacters() {
        TestSchema other = made(DAY.multipliedBy(9), prefix);
        assertThat(SchemaSweep.run(admin, "swept_" + run.id(), DAY, now).dropped())
                .isEmpty();
        assertThat(SchemaSweep.run(admin, "%", DAY, now).dropped()).isEmpty();
        assertThat(sql.schemaExists(other.name())).isTrue();
    }

    @Test
    void oneInUseIsSkippedAndNotWaitedFor() throws SQLException {
        TestSchema used = made(DAY.multipliedBy(2), prefix);
        TestSchema free = made(DAY.multipliedBy(2), prefix);
        try (Connection user =
                Twin.of(admin, used.driverProperties()).dataSource().getConnection()) {
            user.setAutoCommit(false);
            Sql.run(user, "SELECT * FROM account");

            SchemaSweep swept = sweep();

            assertThat(swept.dropped()).containsExactly(free.name());
            assertThat(swept.skipped()).containsExactly(Map.entry(used.name(), "in use (SQLSTATE 55P03)"));
            user.rollback();
        }
        assertThat(sweep().dropped()).containsExactly(used.name());
    }

    @Test
    void oneOfAnotherRoleIsSkipped() {
        TestSchema foreign = made(DAY.multipliedBy(2), prefix);
        String role = "sweeper_" + run.id();
        sql.run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
        try {
            DataSource weak =
                    DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
            SchemaSweep swept = SchemaSweep.run(weak, prefix, DAY, now);
            assertThat(swept.dropped()).isEmpty();
            assertThat(swept.skipped()).containsEntry(foreign.name(), "another role owns it (SQLSTATE 42501)");
        } finally {
            sql.run("DROP ROLE " + role);
        }
    }

    @Test
    void sweepsAndCreationsInParallelAreHarmless() throws Exception {
        List<String> old = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            old.add(made(DAY.multipliedBy(2), prefix).name());
        }
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<SchemaSweep>> sweeps = Collections.nCopies(4, this::sweep);
            List<Callable<TestSchema>> creations = Collections.nCopies(8, () -> made(Duration.ZERO, prefix));
            List<Future<TestSchema>> young = new ArrayList<>();
            creations.forEach(creation -> young.add(workers.submit(creation)));
            List<String> dropped = new ArrayList<>();
            for (Future<SchemaSweep> sweep : workers.invokeAll(sweeps)) {
                dropped.addAll(sweep.get().dropped());
            }
            dropped.addAll(sweep().dropped());
            assertThat(dropped).containsExactlyInAnyOrderElementsOf(old);
            for (Future<TestSchema> schema : young) {
                assertThat(sql.schemaExists(schema.get().name())).isTrue();
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void anAgeOfNothingIsRefused() {
        assertThatThrownBy(() -> SchemaSweep.run(admin, prefix, Duration.ZERO, now))
                .isInstanceOf(ChaosException.class)
                .hasMessage("olderThan must be positive, but was PT0S. Schemas in use would go. Use for example 24"
                        + " hours.");
    }
}
