// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

@Timeout(60)
class TransparencyTest {

    private static final int LARGE = 12 * 1024 * 1024;

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private AutoCloseable idle(boolean armed) {
        return armed ? bank.arm() : () -> {};
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copyInAndOut(boolean armed) throws Exception {
        try (Connection connection = bank.connect();
                var idle = idle(armed)) {
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder rows = new StringBuilder();
            for (int n = 100; n < 50_100; n++) {
                rows.append(n).append('\t').append(n).append('\n');
            }
            byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(copy.copyIn("COPY account FROM STDIN", new ByteArrayInputStream(bytes)))
                    .isEqualTo(50_000);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            copy.copyOut("COPY (SELECT * FROM account WHERE id >= 100 ORDER BY id) TO STDOUT", out);
            assertThat(out.toByteArray()).isEqualTo(bytes);
            assertThatThrownBy(() -> copy.copyIn("COPY account FROM STDIN", new ByteArrayInputStream(bytes)))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largeValuesBothWays(boolean armed) throws Exception {
        try (Connection connection = bank.connect();
                var idle = idle(armed);
                PreparedStatement echo = connection.prepareStatement("SELECT ?::bytea")) {
            byte[] large = new byte[LARGE];
            Arrays.fill(large, (byte) 'E');
            echo.setBytes(1, large);
            try (ResultSet row = echo.executeQuery()) {
                assertThat(row.next()).isTrue();
                assertThat(row.getBytes(1)).isEqualTo(large);
            }
            String text = "SELECT length('" + "x".repeat(3 * 1024 * 1024) + "')";
            assertThat(WireTestServer.read(connection, text)).isEqualTo(Integer.toString(3 * 1024 * 1024));
            assertThat(WireTestServer.read(
                            connection,
                            "SELECT count(*) FROM (SELECT repeat('y', 100) FROM " + "generate_series(1, 100000)) r"))
                    .isEqualTo("100000");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largeObjects(boolean armed) throws Exception {
        try (Connection connection = bank.connect();
                var idle = idle(armed)) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = objects.createLO();
            byte[] bytes = "chaos".repeat(50_000).getBytes(StandardCharsets.UTF_8);
            try (LargeObject object = objects.open(id)) {
                object.write(bytes);
                object.seek(0);
                assertThat(object.read(bytes.length)).isEqualTo(bytes);
            }
            objects.delete(id);
            connection.commit();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void notificationsArriveAndAnEmptyPollReturns(boolean armed) throws Exception {
        try (Connection connection = bank.connect();
                Connection other = WireTestServer.direct();
                var idle = idle(armed)) {
            PGConnection listener = connection.unwrap(PGConnection.class);
            String channel = "chaos_wire_" + armed; // channels are the database's: the other run has its own
            WireTestServer.run(connection, "LISTEN " + channel);
            assertThat(listener.getNotifications()).isNullOrEmpty();
            assertThat(listener.getNotifications(20)).isNullOrEmpty();
            WireTestServer.run(other, "NOTIFY " + channel + ", 'hello'");
            PGNotification[] seen = listener.getNotifications(5_000);
            assertThat(seen).hasSize(1);
            assertThat(seen[0].getParameter()).isEqualTo("hello");
        }
    }

    @Test
    void warningsAndGeneratedKeysStayAsTheyAre() throws Exception {
        try (Connection connection = bank.connect();
                var idle = idle(true);
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO account VALUES (?, 1)", new String[] {"id"})) {
            insert.setInt(1, 77);
            assertThat(insert.executeUpdate()).isOne();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getInt(1)).isEqualTo(77);
            }
            try (var statement = connection.createStatement()) {
                statement.execute("DO $$BEGIN RAISE WARNING 'careful'; END$$");
                assertThat(statement.getWarnings().getMessage()).isEqualTo("careful");
            }
        }
    }

    @Test
    void sameCallHasTheSameSiteInEveryRun() throws Exception {
        Supplier<Object> run = () -> {
            try (WireFixture own = new WireFixture();
                    Connection connection = own.connect();
                    var armed = own.arm()) {
                WireTestServer.read(
                        connection,
                        "SELECT /* run " + System.nanoTime() + " */ count(*) FROM account WHERE id IN (1, "
                                + own.wire().key().length() + ", " + System.nanoTime() % 7 + ")");
                return armed.round().decisions().seen();
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        };
        assertThat(run.get())
                .isEqualTo(run.get())
                .hasToString("{sql:SELECT count(*) FROM account WHERE id IN (...)=1}");
    }

    @Test
    void mountIsReachedByUrlDataSourceAndPool() throws Exception {
        String url = WireTestServer.url() + "?user=postgres&sslmode=disable&socketFactory="
                + "dev.chaostest.postgres.wire.ChaosSocketFactory&socketFactoryArg="
                + bank.wire().key();
        try (Connection connection = DriverManager.getConnection(url)) {
            assertArrives(connection);
        }
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl(url);
        try (Connection connection = simple.getConnection()) {
            assertArrives(connection);
        }
        PGSimpleDataSource set = new PGSimpleDataSource();
        set.setUrl(WireTestServer.url());
        set.setUser("postgres");
        Properties properties = bank.wire().properties();
        for (String name : properties.stringPropertyNames()) {
            set.setProperty(name, properties.getProperty(name));
        }
        try (Connection connection = set.getConnection()) {
            assertArrives(connection);
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url());
        config.setUsername("postgres");
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(2);
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection connection = pool.getConnection()) {
            assertArrives(connection);
        }
        HikariConfig byClass = new HikariConfig();
        byClass.setDataSource(set);
        byClass.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(byClass);
                Connection connection = pool.getConnection()) {
            assertArrives(connection);
        }
    }

    private void assertArrives(Connection connection) throws SQLException {
        try (var armed = bank.arm()) {
            WireTestServer.read(connection, "SELECT 1");
            assertThat(armed.hits("SELECT ?")).isOne();
            assertThat(armed.round().decisions().lanes()).isOne();
        }
    }
}
