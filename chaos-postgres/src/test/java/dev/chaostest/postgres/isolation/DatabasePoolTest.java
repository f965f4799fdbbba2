// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

@Timeout(300)
class DatabasePoolTest {

    private final DataSource admin = IsolationTestServer.admin();
    private final Databases databases = new Databases(admin);
    private final Run run = Run.random();
    private final String prefix = "pooled-" + run.id();
    private final DatabaseOptions bank =
            DatabaseOptions.ofDefaults(run).withPrefix(prefix).withScripts(getClass(), "bank.sql");

    @AfterEach
    void drop() {
        databases.dropThoseOf(run);
    }

    private List<String> there() {
        return databases.startingWith(prefix);
    }

    private void awaitThere(int count) {
        Patience.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> there().size() == count);
    }

    @Test
    void nothingIsMadeBeforeItIsNeededAndNothingIsLeft() {
        try (DatabasePool pool = DatabasePool.open(admin)) {
            assertThat(there()).isEmpty();
            pool.take(bank).close();
        }
        assertThat(there()).isEmpty();
    }

    @Test
    void theNextOnesAreMadeAheadAndUsedOnce() {
        List<String> taken = new ArrayList<>();
        try (DatabasePool pool = DatabasePool.open(admin, 2)) {
            for (int i = 1; i <= 3; i++) {
                TestDatabase database = pool.take(bank);
                taken.add(database.name());
                int ahead = Math.min(i, 2);
                awaitThere(1 + ahead); // what is closed is gone, too
                List<String> ready = there();
                assertThat(ready).contains(database.name());
                databases.in(database).run("CREATE TABLE used ()");
                database.close();
            }
            try (TestDatabase next = pool.take(bank)) {
                assertThat(taken).doesNotContain(next.name());
                assertThat(databases.in(next).column("SELECT to_regclass('used')"))
                        .containsExactly("null");
                assertThat(databases.in(next).column("SELECT total()")).containsExactly("2000");
            }
        }
        assertThat(there()).isEmpty();
    }

    @Test
    void oneThatIsReadyIsHandedOutWithoutAskingTheServer() {
        AtomicBoolean isRefused = new AtomicBoolean();
        DataSource doorkeeper = new SwitchedSource(() -> {
            if (isRefused.get() && !Thread.currentThread().getName().startsWith("chaos-databases")) {
                throw new AssertionError("nobody is let in");
            }
            return admin;
        });
        try (DatabasePool pool = DatabasePool.open(doorkeeper, 1)) {
            pool.take(bank).close();
            isRefused.set(true);
            TestDatabase database = readyOne(pool);
            isRefused.set(false);
            assertThat(databases.in(database).column("SELECT total()")).containsExactly("2000");
            database.close();
        }
        assertThat(there()).isEmpty();
    }

    /** Tries until it is ready: that it is in the catalogue says less. */
    private TestDatabase readyOne(DatabasePool pool) {
        List<TestDatabase> taken = new ArrayList<>();
        Patience.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> taken.add(pool.take(bank)));
        return taken.get(0);
    }

    @Test
    void manyAtATimeGetDifferentOnes() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try (DatabasePool pool = DatabasePool.open(admin)) {
            List<Callable<String>> tasks = IntStream.range(0, 16)
                    .mapToObj(i -> (Callable<String>) () -> nameOfAnUnused(pool))
                    .toList();
            List<String> names = new ArrayList<>();
            for (Future<String> name : workers.invokeAll(tasks)) {
                names.add(name.get());
            }
            assertThat(names).doesNotHaveDuplicates();
        } finally {
            workers.shutdownNow();
        }
        assertThat(there()).isEmpty();
    }

    private String nameOfAnUnused(DatabasePool pool) {
        try (TestDatabase database = pool.take(bank)) {
            Sql own = databases.in(database);
            assertThat(own.column("SELECT to_regclass('used')")).containsExactly("null");
            own.run("CREATE TABLE used ()");
            return database.name();
        }
    }

    @Test
    void ofManySetsOfScriptsOnlyTheLastAreReady() {
        try (DatabasePool pool = DatabasePool.open(admin, 1)) {
            for (int i = 0; i < 6; i++) {
                pool.take(bank.withPrefix(prefix + "." + i)).close();
            }
            List<String> last = List.of(prefix + ".2", prefix + ".3", prefix + ".4", prefix + ".5");
            Patience.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(there())
                            .extracting(name -> name.substring(0, prefix.length() + 2))
                            .containsExactlyElementsOf(last));
        }
        assertThat(there()).isEmpty();
    }

    @Test
    void aKeptOneStays() {
        String name;
        try (DatabasePool pool = DatabasePool.open(admin)) {
            TestDatabase database = pool.take(bank);
            database.keep("its test failed");
            database.close();
            name = database.name();
        }
        assertThat(there()).containsExactly(name);
    }

    @Test
    void whatCannotBeDroppedIsToldWhenTheTestEnds() {
        try (DatabasePool pool = DatabasePool.open(admin, 0)) {
            TestDatabase database = pool.take(bank);
            String slot = "left_" + run.id();
            assumeTrue(databases.in(database).column("SHOW wal_level").contains("logical"), "no logical slots there");
            databases.in(database).run("SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
            assertThatThrownBy(database::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessageEndingWith("\n  left   : replication slot \"" + slot + "\"");
            databases.in(database).run("SELECT pg_drop_replication_slot('" + slot + "')");
            database.close();
        }
        assertThat(there()).isEmpty();
    }

    @Test
    void whatCouldNotBeDroppedSoonIsToldAtTheEnd() throws SQLException {
        String role = "owner_" + run.id();
        new Sql(admin).run("CREATE ROLE " + role + " LOGIN CREATEDB PASSWORD 'secret'");
        DataSource weak =
                DriverSettings.of(IsolationTestServer.url(), role, "secret").unpooled();
        DatabasePool pool = DatabasePool.open(weak, 0);
        TestDatabase database = pool.take(bank);
        try (Connection superuser = databases.connect(database)) {
            database.close();
            assertThatThrownBy(pool::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("must be allowed to end the sessions in database \"" + database.name())
                    .hasMessageContaining(
                            "pid " + superuser.unwrap(PGConnection.class).getBackendPID());
        }
        databases.dropOwnedBy(role);
    }

    @Test
    void closingEndsItsThreadAndTwiceIsHarmless() {
        DatabasePool pool = DatabasePool.open(admin);
        pool.take(bank).close();
        pool.close();
        pool.close();

        assertThatThrownBy(() -> pool.take(bank))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The pool of test databases must be open, but is closed. Take databases before the tests"
                        + " end.");
    }

    @Test
    void moreThanAServerShouldHoldIsRefused() {
        for (int wrong : new int[] {-1, 17}) {
            assertThatThrownBy(() -> DatabasePool.open(admin, wrong))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("ahead must be 0 to 16, but was " + wrong
                            + ". Use for example 2; each database takes at least 8 MB of disk.");
        }
    }
}
