// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.link.Outage;
import dev.chaostest.link.TcpLink;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.Slicer;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.TestServer;
import java.io.File;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What clients of a PostgreSQL see of a link before it: the driver, a pool, COPY, cancel requests, psql. */
class LinkedDatabaseTest {

    private final ChaosScope scope = ChaosScope.open("linked", Plan.of(new Seed(7)));
    private final TcpLink link = scope.link("bank", server());

    private static InetSocketAddress server() {
        URI url = URI.create(TestServer.url().substring("jdbc:".length()));
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:" + link.port() + "/postgres";
    }

    private Connection connect(String... settings) throws SQLException {
        Properties properties = WireTestServer.login();
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection(url(), properties);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aCutEndsTransactionsAndConnectsUntilItIsRestored() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");

            try (Outage cut = link.cut()) {
                assertThat(stateOf(() -> WireTestServer.read(connection, "SELECT 2")))
                        .isEqualTo("08006");
                assertThat(stateOf(this::connect)).isEqualTo("08001");
            }
        }
        try (Connection again = connect()) {
            assertThat(WireTestServer.read(again, "SELECT 3")).isEqualTo("3");
        }
    }

    @Test
    void aPartitionIsSilenceThatASocketTimeoutEnds() throws SQLException {
        try (Connection connection = connect("socketTimeout", "1")) {
            link.partition()
                    .during(() -> assertThat(stateOf(() -> WireTestServer.read(connection, "SELECT 1")))
                            .isEqualTo("08006"));
        }
        try (Connection again = connect("socketTimeout", "30")) {
            assertThat(WireTestServer.read(again, "SELECT 2")).isEqualTo("2");
        }
    }

    @Test
    void aPoolReplacesWhatACutTookAway() throws SQLException {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url());
            pool.setUsername("postgres");
            pool.setMaximumPoolSize(2);
            String before = backend(pool);

            link.cut().close();

            // The pool looks at a connection before it lends it, but not at one that was in use 500 ms ago.
            assertThat(Stream.generate(() -> backend(pool)).limit(5))
                    .doesNotContain(before)
                    .last()
                    .asString()
                    .containsOnlyDigits();
        }
    }

    private static String backend(HikariDataSource pool) {
        try (Connection connection = pool.getConnection()) {
            return WireTestServer.read(connection, "SELECT pg_backend_pid()");
        } catch (SQLException dead) {
            return "failed with " + dead.getSQLState();
        }
    }

    @Test
    void copyComesOutAsItWentInThoughTheLinkSlicesIt() throws Exception {
        String rows = IntStream.range(0, 20_000)
                .mapToObj(i -> i + "\t" + Integer.toHexString(i * 31) + "\n")
                .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                .toString();
        try (Connection connection = connect();
                Outage slices = link.inject(new Slicer(1, 1_000, Duration.ZERO))) {
            WireTestServer.run(connection, "CREATE TEMPORARY TABLE copied (id int, text text)");
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY copied FROM STDIN", new StringReader(rows));

            StringWriter out = new StringWriter();
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM copied ORDER BY id) TO STDOUT", out);

            assertThat(out.toString()).isEqualTo(rows);
        }
        assertThat(scope.fired()).isNotEmpty();
    }

    @Test
    void aCancelRequestFindsItsWayThroughASlowLink() throws SQLException {
        try (Connection connection = connect();
                Outage slow = link.inject(Latency.of(Duration.ofMillis(5)));
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);

            assertThat(stateOf(() -> statement.execute("SELECT pg_sleep(60)"))).isEqualTo("57014");
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void psqlGoesThroughItToo() throws Exception {
        Path psql = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, "psql"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("none"));
        assumeThat(psql).as("psql on the path").isExecutable();

        assertThat(psql(psql)).isEqualTo("42\n");
        link.cut().during(() -> assertThat(psql(psql)).contains("Connection refused"));
        assertThat(psql(psql)).isEqualTo("42\n");
    }

    private String psql(Path psql) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                psql.toString(),
                "-X",
                "-A",
                "-t",
                "-h",
                "127.0.0.1",
                "-p",
                "" + link.port(),
                "-U",
                "postgres",
                "-c",
                "SELECT 6 * 7",
                "postgres");
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    private static String stateOf(Failing failing) {
        try {
            failing.run();
            return "none";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    @FunctionalInterface
    private interface Failing {
        Object run() throws SQLException;
    }
}
