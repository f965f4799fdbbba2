// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.wire.WireMount;
import java.io.PrintWriter;
import java.io.Writer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of the user's, as a test class hands it over. */
class FromTest {

    private static PostgresServer server;

    @BeforeAll
    static void theUserStartsADatabase() {
        server = PostgresServer.start(ServerOptions.ofDefaults());
    }

    @AfterAll
    static void theUserStopsIt() {
        server.close();
    }

    @Nested
    @PostgresTest(from = "url")
    @Tag(ChaosTags.RESOURCE)
    class AUrl {
        static String url() {
            return server.jdbcUrl();
        }

        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void isUsed(DataSource bank) throws SQLException {
            assertFailsOnceAt(bank);
        }
    }

    @Nested
    @PostgresTest(from = "container")
    @Tag(ChaosTags.RESOURCE)
    class AContainer {
        static final Container container = new Container();

        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void isUsed(DataSource bank) throws SQLException {
            assertFailsOnceAt(bank);
        }
    }

    /** What a JdbcDatabaseContainer looks like from outside. */
    static final class Container {
        public String getJdbcUrl() {
            return server.jdbcUrl();
        }

        public String getUsername() {
            return "postgres";
        }

        public String getPassword() {
            return "";
        }
    }

    @Nested
    @PostgresTest(from = "simple")
    @Tag(ChaosTags.RESOURCE)
    class ASimpleDataSource {
        static DataSource simple() {
            PGSimpleDataSource simple = new PGSimpleDataSource();
            simple.setUrl(server.jdbcUrl());
            return simple;
        }

        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void getsATwin(DataSource bank) throws SQLException {
            assertFailsOnceAt(bank);
            assertThat(Bank.ask(bank, "SHOW statement_timeout")).isEqualTo("289500ms");
        }
    }

    @Nested
    @PostgresTest(from = "pool")
    @Tag(ChaosTags.RESOURCE)
    class APool {
        static HikariDataSource pool;

        @BeforeAll
        static void open() {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.jdbcUrl());
            config.setMaximumPoolSize(3);
            pool = new HikariDataSource(config);
        }

        @AfterAll
        static void close() {
            pool.close();
        }

        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void getsATwinWithItsSettings(DataSource bank) throws SQLException {
            assertFailsOnceAt(bank);
            assertThat(bank).isInstanceOf(HikariDataSource.class).isNotSameAs(pool);
            assertThat(((HikariDataSource) bank).getMaximumPoolSize()).isEqualTo(3);
        }
    }

    @Nested
    @PostgresTest(from = "mounted")
    @Tag(ChaosTags.RESOURCE)
    class AMountedPool {
        static HikariDataSource mounted;

        @BeforeAll
        static void open() throws SQLException {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.jdbcUrl());
            config.addDataSourceProperty("socketFactory", "dev.chaostest.postgres.wire.ChaosSocketFactory");
            config.addDataSourceProperty("socketFactoryArg", "FromTest");
            config.setMaximumPoolSize(1);
            mounted = new HikariDataSource(config);
            try (Connection connection = mounted.getConnection()) {
                connection.createStatement().execute("CREATE TABLE account AS SELECT 1 AS id, 1000 AS balance");
            }
        }

        @AfterAll
        static void close() {
            mounted.close();
            WireMount.of("FromTest").close();
        }

        @ChaosTest
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void isAttachedToAsItIs(DataSource bank, ChaosScope scope) throws SQLException {
            assertThat(bank).isSameAs(mounted);
            assertThat(catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1))
                            .getSQLState())
                    .isEqualTo("40001");
            assertThat(scope.fired()).hasSize(1);
        }

        @ChaosTest
        @ChaosFailure(sqlState = "40P01", on = "UPDATE account")
        void twoTestsTakeTurns(DataSource bank, ChaosScope scope) {
            assertThat(catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1))
                            .getSQLState())
                    .isEqualTo("40P01");
            assertThat(scope.fired()).hasSize(1);
        }
    }

    @Test
    void aSchemaCanNotBeGivenToConnectionsThatAreOpen() {
        assertThat(Inner.run(AttachedSchemaTestCases.class).message())
                .isEqualTo("@IsolatedSchema must be able to give its schema to every connection, but the DataSource of "
                        + "AttachedSchemaTestCases is attached to as it is, with connections that are open. Hand over one "
                        + "without socketFactory, which gets a twin, or load the tables yourself.");
    }

    @PostgresTest(from = "mounted")
    static class AttachedSchemaTestCases {
        static DataSource mounted() {
            PGSimpleDataSource simple = new PGSimpleDataSource();
            simple.setUrl(server.jdbcUrl());
            simple.setSocketFactory("dev.chaostest.postgres.wire.ChaosSocketFactory");
            simple.setSocketFactoryArg("FromTest.attached");
            return simple;
        }

        @Test
        @IsolatedSchema("bank.sql")
        void isNeverRun() {}
    }

    @Test
    void aSessionThatCannotBeLookedAtIsNotKeptEither() {
        assertThat(Inner.run(LentTestCases.class).failures()).isEmpty();
    }

    @PostgresTest(from = "pool")
    static class LentTestCases {
        static DataSource pool() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(server.jdbcUrl());
            pool.setUsername("postgres");
            pool.setMaximumPoolSize(1);
            pool.setDataSourceProperties(WireMount.of("FromTest.lent").properties());
            return pool;
        }

        /** The views that are looked at are others then, and the time is too short. */
        @RepeatedTest(5)
        void spoilsIt(Connection connection) throws SQLException {
            assertThat(Bank.ask(connection, "SHOW search_path")).isEqualTo("\"$user\", public");
            assertThat(Bank.ask(connection, "SHOW statement_timeout")).isEqualTo("0");
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMP TABLE pg_settings (name text)");
                statement.execute("SET search_path = pg_temp, pg_catalog");
                statement.execute("SET statement_timeout = 1");
            }
        }
    }

    /** JUnit itself closes what it keeps for an extension, from 5.13 on. */
    @Test
    void whatIsHandedOverIsNotClosed() {
        try (HikariDataSource pool = StaysOpenTestCases.POOL) {
            assertThat(Inner.run(StaysOpenTestCases.class).failures()).isEmpty();
            assertThat(pool.isClosed()).isFalse();
        }
    }

    @PostgresTest(from = "pool")
    static class StaysOpenTestCases {
        static final HikariDataSource POOL = new HikariDataSource();

        static DataSource pool() {
            POOL.setJdbcUrl(server.jdbcUrl());
            POOL.setUsername("postgres");
            POOL.setMaximumPoolSize(1);
            POOL.setDataSourceProperties(WireMount.of("FromTest.stays").properties());
            return POOL;
        }

        @Test
        void uses(Connection connection) throws SQLException {
            assertThat(Bank.ask(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anythingElseIsToldTheProperty() {
        assertThat(Inner.run(OpaqueTestCases.class).message())
                .contains("OpaqueDataSource")
                .contains("socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory");
    }

    @PostgresTest(from = "opaque")
    static class OpaqueTestCases {
        static DataSource opaque() {
            return new OpaqueDataSource();
        }

        @Test
        @ChaosCut(on = "COMMIT")
        void isNeverRun(DataSource bank) {
            assertThat(bank).isNull();
        }
    }

    @Test
    void aMemberThatIsNotThereIsNamed() {
        assertThat(Inner.run(NoMemberTestCases.class).message())
                .isEqualTo(
                        "@PostgresTest(from = \"nothing\") on NoMemberTestCases must name a static field, or a static "
                                + "method without parameters, but there is none of that name. Make it static, or correct the name.");
    }

    @PostgresTest(from = "nothing")
    static class NoMemberTestCases {
        @Test
        void isNeverRun() {}
    }

    @Test
    void aMemberOfAnInterfaceIsFoundToo() {
        assertThat(Inner.run(InterfaceTestCases.class).failures()).isEmpty();
    }

    @PostgresTest(from = "SERVER")
    static class InterfaceTestCases implements HasAServer {
        @Test
        void isUsed(DataSource database) throws SQLException {
            assertThat(Bank.ask(database, "SHOW port")).isEqualTo("" + server.port());
        }
    }

    interface HasAServer {
        Container SERVER = new Container();
    }

    @Test
    void aContainerThatIsNotStartedIsNamed() {
        assertThat(Inner.run(NotStartedTestCases.class).message())
                .isEqualTo(
                        "@PostgresTest(from = \"container\") on NotStartedTestCases must give a DataSource, a JDBC URL, "
                                + "or anything with getJdbcUrl(), getUsername() and getPassword(), but its getters threw "
                                + "java.lang.IllegalStateException: not started. Start it first.");
    }

    @PostgresTest(from = "container")
    static class NotStartedTestCases {
        static final Object container = new NotStarted();

        @Test
        void isNeverRun() {}
    }

    @SuppressWarnings("DoNotCallSuggester")
    static final class NotStarted {
        public String getJdbcUrl() {
            throw new IllegalStateException("not started");
        }
    }

    @Test
    void whoAsksForTlsIsNotConnectedWithoutIt() {
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres");
        simple.setSsl(true);
        Map<String, String> driver = new HashMap<>();
        try (WireMount mount = WireMount.twinOf("tls")) {
            mount.properties().forEach((name, value) -> driver.put((String) name, (String) value));
            DataSource twin = new Database.Handed(simple)
                    .open(new Database.Client("tls", Duration.ofSeconds(10), OptionalInt.empty()), driver)
                    .dataSource();

            assertThatThrownBy(twin::getConnection)
                    .hasRootCauseMessage(
                            "A connection through the wire seam must be without TLS, since the seam reads the "
                                    + "protocol, but has ssl=true. Set sslmode=disable for the test, or where the server "
                                    + "insists on TLS use the properties of WireMount.propertiesAboveTls.");
        }
    }

    @Test
    void aMemberOfAnotherKindIsNamed() {
        assertThat(Inner.run(WrongKindTestCases.class).message())
                .isEqualTo(
                        "@PostgresTest(from = \"number\") on WrongKindTestCases must give a DataSource, a JDBC URL, or "
                                + "anything with getJdbcUrl(), getUsername() and getPassword(), but was a java.lang.Integer. Hand "
                                + "over one of those.");
    }

    @PostgresTest(from = "number")
    static class WrongKindTestCases {
        static final Object number = 5432;

        @Test
        void isNeverRun() {}
    }

    private static void assertFailsOnceAt(DataSource bank) throws SQLException {
        assertThat(Bank.ask(bank, "SHOW port")).isEqualTo("" + server.port());
        assertThat(catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1))
                        .getSQLState())
                .isEqualTo("40001");
        Bank.add(bank, 1, 1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    /** A DataSource of which nothing is known. */
    static final class OpaqueDataSource implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            return DriverManager.getConnection(server.jdbcUrl());
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return new PrintWriter(Writer.nullWriter());
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("nothing to unwrap");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
