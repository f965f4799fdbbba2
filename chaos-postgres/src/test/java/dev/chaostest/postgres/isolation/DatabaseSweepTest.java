// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Templates;
import dev.chaostest.postgres.pool.DriverSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseSweepTest {

    private static final Duration DAY = SchemaSweep.DEFAULT_AGE;

    private final Instant now = Instant.now();
    private final DataSource admin = IsolationTestServer.admin();
    private final Databases databases = new Databases(admin);
    private final Sql sql = new Sql(admin);
    private final Run run = Run.random();
    private final String prefix = "swept-" + run.id();

    @AfterEach
    void drop() {
        databases.dropThoseOf(run);
        databases.startingWith(prefix).forEach(databases::drop);
    }

    private TestDatabase made(Duration ago, String prefixed) {
        return TestDatabase.create(
                admin,
                DatabaseOptions.ofDefaults(run).withPrefix(prefixed).withClock(InstantSource.fixed(now.minus(ago))));
    }

    private DatabaseSweep sweep() {
        return DatabaseSweep.run(admin, prefix, DAY, now);
    }

    @Test
    void oldOnesGoAndYoungOnesStay() {
        TestDatabase old = made(DAY.plusSeconds(1), prefix);
        TestDatabase kept = made(DAY.multipliedBy(30), prefix);
        kept.keep("its test failed.");
        TestDatabase young = made(DAY.minusSeconds(1), prefix);

        DatabaseSweep swept = sweep();

        assertThat(swept.dropped()).contains(old.name(), kept.name()).doesNotContain(young.name());
        assertThat(databases.exists(old.name())).isFalse();
        assertThat(databases.exists(young.name())).isTrue();
        assertThat(sweep().dropped()).isEmpty();
    }

    @Test
    void similarNamesAreLeftAlone() {
        String stamp = Long.toString(now.minus(DAY.multipliedBy(9)).getEpochSecond(), 36);
        String unmarked = prefix + "_" + stamp + "_x_1";
        sql.run("CREATE DATABASE \"" + unmarked + "\" TEMPLATE template0");
        TestDatabase longer = made(DAY.multipliedBy(9), prefix + "_more");
        TestDatabase renamed = made(DAY.multipliedBy(9), prefix);
        sql.run("ALTER DATABASE " + renamed.quoted() + " RENAME TO \"" + renamed.name() + "_mine\"");

        assertThat(sweep().dropped()).noneMatch(name -> name.contains(run.id()));

        assertThat(List.of(unmarked, longer.name(), renamed.name() + "_mine")).allMatch(databases::exists);
    }

    @Test
    void oneInUseIsSkippedAndNotWaitedFor() throws SQLException {
        TestDatabase used = made(DAY.multipliedBy(2), prefix);
        try (Connection user = databases.connect(used)) {
            assertThat(sweep().skipped()).containsEntry(used.name(), "in use");
            assertThat(Sql.column(user, "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void oneOfAnotherRoleIsSkipped() {
        TestDatabase foreign = made(DAY.multipliedBy(2), prefix);
        String role = "sweeper_" + run.id();
        sql.run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
        try {
            DataSource weak =
                    DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
            assertThat(DatabaseSweep.run(weak, prefix, DAY, now).skipped())
                    .containsEntry(foreign.name(), "another role owns it (SQLSTATE 42501)");
        } finally {
            sql.run("DROP ROLE " + role);
        }
    }

    @Test
    void templatesStayLongerAndAreBuiltAgain(@TempDir Path directory) throws IOException {
        Path script = Files.writeString(directory.resolve("old.sql"), "-- " + run.id());
        Templates templates = new Templates(admin, getClass(), "file:" + script);
        DatabaseOptions options =
                DatabaseOptions.ofDefaults(run).withPrefix(prefix).withScripts(getClass(), "file:" + script);
        Instant weekAgo = now.minus(DatabaseSweep.TEMPLATE_AGE);
        TestDatabase.create(admin, options.withClock(InstantSource.fixed(weekAgo.plusSeconds(60))))
                .close();
        assertThat(sweep().dropped()).doesNotContainAnyElementsOf(templates.complete());
        assertThat(templates.complete()).hasSize(1);

        List<String> old = templates.complete();
        assertThat(DatabaseSweep.run(admin, prefix, DAY, now.plusSeconds(120)).dropped())
                .containsAll(old);
        assertThat(templates.complete()).isEmpty();

        TestDatabase.create(admin, options).close();
        assertThat(templates.complete()).hasSize(1);
        templates.drop();
    }

    @Test
    void anAgeOfNothingIsRefused() {
        assertThatThrownBy(() -> DatabaseSweep.run(admin, prefix, Duration.ZERO, now))
                .isInstanceOf(ChaosException.class)
                .hasMessage("olderThan must be positive, but was PT0S. Databases in use would go. Use for example 24"
                        + " hours.");
    }
}
