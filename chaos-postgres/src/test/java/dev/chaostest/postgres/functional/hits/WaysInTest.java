// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.ClosedPort;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.PooledConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;
import org.postgresql.xa.PGXADataSource;

/** However a connection is opened, what it does arrives at the mount that its properties name. */
@Timeout(120)
class WaysInTest {

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private interface Opening {
        Connection open() throws Exception;
    }

    private void assertArrives(Opening opening) throws Exception {
        try (Connection connection = opening.open()) {
            try (WireFixture.Armed armed = bank.arm()) {
                WireTestServer.read(connection, "SELECT 1");
                assertThat(armed.hits("SELECT ?")).isOne();
                assertThat(armed.round().decisions().lanes()).isOne();
            }
        }
    }

    private String url() {
        return WireTestServer.url() + "?user=postgres&sslmode=disable&socketFactory="
                + "dev.chaostest.postgres.wire.ChaosSocketFactory&socketFactoryArg="
                + bank.wire().key();
    }

    private <D extends BaseDataSource> D set(D source) throws SQLException {
        source.setUrl(WireTestServer.url());
        source.setUser("postgres");
        Properties properties = bank.wire().properties();
        for (String name : properties.stringPropertyNames()) {
            source.setProperty(name, properties.getProperty(name));
        }
        return source;
    }

    @Test
    void parametersOfTheUrl() throws Exception {
        assertArrives(() -> DriverManager.getConnection(url()));
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl(url());
        assertArrives(simple::getConnection);
    }

    @Test
    void propertiesOfTheDriversOwnSources() throws Exception {
        assertArrives(set(new PGSimpleDataSource())::getConnection);
        assertArrivesFrom(set(new PGConnectionPoolDataSource()).getPooledConnection());
        assertArrivesFrom(set(new PGXADataSource()).getXAConnection());
    }

    /** Its physical connection outlives the handle: the driver must not close it while a later one is watched. */
    private void assertArrivesFrom(PooledConnection physical) throws Exception {
        try {
            assertArrives(physical::getConnection);
        } finally {
            physical.close();
        }
    }

    @Test
    void poolByUrlAndByDataSource() throws Exception {
        HikariConfig byUrl = new HikariConfig();
        byUrl.setJdbcUrl(WireTestServer.url());
        byUrl.setUsername("postgres");
        byUrl.setDataSourceProperties(bank.wire().properties());
        byUrl.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(byUrl)) {
            assertArrives(pool::getConnection);
        }
        HikariConfig bySource = new HikariConfig();
        bySource.setDataSource(set(new PGSimpleDataSource()));
        bySource.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(bySource)) {
            assertArrives(pool::getConnection);
        }
        HikariConfig byClass = new HikariConfig();
        byClass.setDataSourceClassName(PGSimpleDataSource.class.getName());
        bank.wire().properties().forEach((name, value) -> byClass.addDataSourceProperty((String) name, value));
        byClass.addDataSourceProperty("url", url());
        byClass.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(byClass)) {
            assertArrives(pool::getConnection);
        }
    }

    /** The driver then connects on a thread of its own. */
    @Test
    void loginTimeout() throws Exception {
        assertArrives(() -> bank.connect("loginTimeout", "20"));
    }

    @Test
    void secondOfTwoHosts() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            String hosts = WireTestServer.url().replace("//", "//127.0.0.1:" + closed.number() + ",");
            Properties properties = WireTestServer.login();
            properties.putAll(bank.wire().properties());
            properties.setProperty("targetServerType", "primary");
            properties.setProperty("loadBalanceHosts", "false");
            // The driver remembers for the whole JVM who did not answer, and other tests make this server not answer.
            properties.setProperty("hostRecheckSeconds", "0");
            assertArrives(() -> DriverManager.getConnection(hosts, properties));
        }
    }

    @Test
    void replicationConnection() throws Exception {
        try (Connection walsender = bank.connect(
                        "replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "15");
                WireFixture.Armed armed = bank.arm();
                Statement statement = walsender.createStatement()) {
            statement.executeQuery("IDENTIFY_SYSTEM").close();
            assertThat(armed.hits("IDENTIFY_SYSTEM")).isOne();
        }
    }

    /** What the driver sends by itself to set a connection up arrives, too; that a connection was made is a site of its own. */
    @Test
    void statementsOfTheDriverAtConnect() throws Exception {
        try (WireFixture.Armed armed = bank.arm()) {
            bank.connect().close();
            bank.connect("ApplicationName", "mine", "assumeMinServerVersion", "15")
                    .close();
            assertThat(armed.hits("SET application_name = ?")).isOne();
            assertThat(armed.round().decisions().lanes()).isEqualTo(2);
        }
    }

    @Test
    void sameCallHasTheSameSiteInEveryRun() throws Exception {
        Map<Site, Long> first = oneRun();
        assertThat(oneRun())
                .isEqualTo(first)
                .containsEntry(new Site("sql", "SELECT count(*) FROM account WHERE id IN (...)"), 1L);
    }

    /** With other values, comments and keys each time. */
    private static SortedMap<Site, Long> oneRun() throws SQLException {
        try (WireFixture own = new WireFixture();
                Connection connection = own.connect();
                WireFixture.Armed armed = own.arm()) {
            WireTestServer.read(
                    connection,
                    "SELECT /* run " + System.nanoTime() + " */ count(*) FROM account WHERE id IN (1, "
                            + own.wire().key().length() + ", " + System.nanoTime() % 7 + ")");
            return new TreeMap<>(armed.round().decisions().seen());
        }
    }
}
