// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.Run;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Reaches;
import dev.chaostest.postgres.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a test has for itself follows from how far its parameters reach. */
@PostgresTest
class ReachTest {

    private static final Map<String, String> EIGHT = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.mode.default", "concurrent",
            "junit.jupiter.execution.parallel.config.strategy", "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "8",
            "junit.jupiter.execution.parallel.config.fixed.max-pool-size", "8");

    /** Somebody's way to do something to a whole database. */
    @Reaches(Reach.DATABASE)
    static final class DatabaseDoor {}

    /** And to a whole server. */
    @Reaches(Reach.SERVER)
    static final class ServerDoor {}

    static final class Doors implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == DatabaseDoor.class || type == ServerDoor.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == DatabaseDoor.class ? new DatabaseDoor() : new ServerDoor();
        }
    }

    @Test
    void whoReachesTheSharedDatabaseRunsAloneInIt() {
        Inner inner = Inner.run(AloneTestCases.class, EIGHT);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(60);
    }

    @PostgresTest
    @ExtendWith(Doors.class)
    static class AloneTestCases {
        private static final AtomicInteger RUNNING = new AtomicInteger();
        private static final AtomicInteger ALONE = new AtomicInteger();

        @RepeatedTest(20)
        void beside(DataSource database) throws SQLException {
            RUNNING.incrementAndGet();
            try {
                Bank.ask(database, "SELECT 1");
                assertThat(ALONE.get()).isZero();
            } finally {
                RUNNING.decrementAndGet();
            }
        }

        @RepeatedTest(20)
        void alone(DatabaseDoor door, DataSource database) throws SQLException {
            alone(database);
        }

        @RepeatedTest(20)
        @ResourceLock(PostgresTest.SHARED_DATABASE)
        void aloneBecauseTheTestSaysSo(DataSource database) throws SQLException {
            alone(database);
        }

        private static void alone(DataSource database) throws SQLException {
            assertThat(ALONE.incrementAndGet()).isEqualTo(1);
            try {
                Bank.ask(database, "SELECT 1");
                assertThat(RUNNING.get()).isZero();
            } finally {
                ALONE.decrementAndGet();
            }
        }
    }

    /** The three wait for each other: were one of them alone, none would end. */
    @Test
    void othersGoOnInParallel() {
        Inner inner = Inner.run(TogetherTestCases.class, EIGHT);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(5);
    }

    @PostgresTest
    @ExtendWith(Doors.class)
    static class TogetherTestCases {
        private static final CyclicBarrier ALL = new CyclicBarrier(5);

        @RepeatedTest(2)
        void inTheSharedDatabase(DataSource database) throws Exception {
            Bank.ask(database, "SELECT 1");
            ALL.await(60, TimeUnit.SECONDS);
        }

        @Test
        @IsolatedSchema("bank.sql")
        void inASchema(DataSource database) throws Exception {
            Bank.ask(database, "SELECT 1");
            ALL.await(60, TimeUnit.SECONDS);
        }

        @Test
        @IsolatedDatabase("bank.sql")
        void reachingADatabaseOfItsOwn(DatabaseDoor door, DataSource database) throws Exception {
            Bank.ask(database, "SELECT 1");
            ALL.await(60, TimeUnit.SECONDS);
        }

        @Test
        @OwnServer
        void reachingTheDatabaseOfAServerOfItsOwn(DatabaseDoor door, DataSource database) throws Exception {
            Bank.ask(database, "SELECT 1");
            ALL.await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoReachesAServerHasOneOfItsOwn(Postgres shared) {
        Inner inner = Inner.run(OwnServerTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    @PostgresTest
    @ExtendWith(Doors.class)
    static class OwnServerTestCases {
        @Test
        void hasOne(ServerDoor door, Postgres own, DataSource database) throws SQLException {
            assertThat(own.isOwned()).isTrue();
            assertThat(Bank.ask(
                            database,
                            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                                    + " AND application_name NOT LIKE 'chaostest%'"))
                    .as("sessions of others")
                    .isEqualTo("1");
        }
    }

    @Test
    void aDatabaseOfTheUsersMustBeMarked(DataSource admin, Postgres postgres) throws SQLException {
        String name = Run.random().unique("reached");
        run(admin, "CREATE DATABASE " + name + " TEMPLATE template0");
        try {
            Map<String, String> settings = new HashMap<>(Map.of(
                    "chaos.jdbc.url",
                    postgres.withDatabase(name).jdbcUrl(),
                    "chaos.jdbc.user",
                    postgres.user().orElseThrow()));
            assertThat(Inner.run(ReachingTestCases.class, settings).message())
                    .isEqualTo("What a DatabaseDoor does for ReachTest$ReachingTestCases.reaches must be done to a"
                            + " disposable database, but \"" + name
                            + "\" is neither made by this library nor marked. Take"
                            + " @IsolatedDatabase; or, if it may be broken, mark it as its owner: COMMENT ON DATABASE \""
                            + name + "\" IS 'chaostest: disposable';");

            run(admin, "COMMENT ON DATABASE " + name + " IS 'chaostest: disposable'");
            assertThat(Inner.run(ReachingTestCases.class, settings).succeeded()).isEqualTo(1);

            settings.put("chaos.jdbc.url", elsewhere(postgres, name));
            assertThat(Inner.run(ReachingTestCases.class, settings).message())
                    .startsWith("Chaos must run on a server on this machine, or on one that is listed in"
                            + " chaos.allowed-hosts, but host \"192.0.2.1\" is 192.0.2.1.");
        } finally {
            run(admin, "DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    /** The driver connects to the first host, which is here; the second is never asked. */
    private static String elsewhere(Postgres postgres, String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.port() + ",192.0.2.1:5432/" + database
                + "?sslmode=disable&hostRecheckSeconds=0";
    }

    @PostgresTest
    @ExtendWith(Doors.class)
    static class ReachingTestCases {
        @Test
        void reaches(DatabaseDoor door, DataSource database) throws SQLException {
            Bank.ask(database, "SELECT 1");
        }
    }

    private static void run(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
