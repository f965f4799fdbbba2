// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class PostgresSupplyTest {

    @Test
    void allShareOneServerThatGoesWithTheSupply() throws SQLException {
        PostgresSupply supply = supply(Map.of());
        Set<Postgres> seen = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 8).parallel().forEach(i -> seen.add(supply.shared()));
        Postgres postgres = seen.iterator().next();
        assertThat(seen).hasSize(1);
        assertThat(postgres.isOwned()).isTrue();
        try (Connection connection = postgres.connect()) {
            assertThat(connection.isValid(30)).isTrue();
        }
        supply.close();
        supply.close();

        assertThat(postgres.server().orElseThrow().dataDirectory()).doesNotExist();
        assertThatThrownBy(supply::shared)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The PostgreSQL supply must be open, but it is closed."
                        + " Ask for servers before the tests end.");
    }

    @Test
    void aFreshServerIsAnother() {
        try (PostgresSupply supply = supply(Map.of());
                PostgresServer fresh = supply.fresh()) {
            assertThat(fresh.port()).isNotEqualTo(supply.shared().port());
        }
    }

    @Test
    void aGivenServerIsUsedAndNeverClosed() throws SQLException {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            secure(server);
            PostgresSupply supply = PostgresSupply.ofUrl(
                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?password=s3cret",
                    Optional.of("postgres"),
                    Optional.empty(),
                    key -> Optional.empty());
            Postgres postgres = supply.shared();
            assertThat(postgres.isOwned()).isFalse();
            assertThat(postgres.version()).isEqualTo(server.version());
            assertThat(postgres)
                    .hasToString("PostgreSQL " + server.version() + " at jdbc:postgresql://127.0.0.1:" + server.port()
                            + "/postgres from The given JDBC URL");
            supply.close();
            try (Connection connection = postgres.connect()) {
                assertThat(connection.isValid(30)).isTrue();
            }
        }
    }

    @Test
    void aWrongPasswordIsNotShown() throws SQLException {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            secure(server);
            String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres";
            PostgresSupply supply = supply(Map.of("chaos.jdbc.url", url + "?user=postgres&password=wr0ng"));
            assertThatThrownBy(supply::shared)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessage("chaos.jdbc.url must lead to a running PostgreSQL, but " + url + " failed with 28P01:"
                            + " FATAL: password authentication failed for user \"postgres\". Start that server,"
                            + " correct the setting, or remove it to let one be started.")
                    .hasStackTraceContaining("PSQLException")
                    .satisfies(e -> assertThatThrownBy(supply::shared).isSameAs(e));
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        try (ClosedPort closed = new ClosedPort();
                PostgresSupply supply =
                        supply(Map.of("chaos.jdbc.url", urlOf(closed), "chaos.jdbc.password", "s3cret"))) {
            assertThatThrownBy(supply::shared)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessageStartingWith("chaos.jdbc.url must lead to a running PostgreSQL, but " + urlOf(closed)
                            + " failed with 08001: Connection to 127.0.0.1:" + closed.number() + " refused.")
                    .hasMessageEndingWith(
                            " Start that server, correct the setting, or remove it to let one be started.");
        }
    }

    private static String urlOf(ClosedPort closed) {
        return "jdbc:postgresql://127.0.0.1:" + closed.number() + "/db";
    }

    @Test
    void anotherMajorOfTheUsersServerIsRefused() {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            int wanted = server.majorVersion() == 16 ? 17 : 16;
            PostgresSupply supply =
                    supply(Map.of("chaos.jdbc.url", server.jdbcUrl(), "chaos.postgres.version", "" + wanted));
            assertThatThrownBy(supply::shared)
                    .hasMessage("chaos.postgres.version asks for PostgreSQL " + wanted
                            + ", but the server at jdbc:postgresql://127.0.0.1:" + server.port()
                            + "/postgres?sslmode=disable&gssEncMode=disable is " + server.version()
                            + ". Use another server, or remove chaos.postgres.version.");
        }
    }

    @Test
    void aUsersServerIsNoPrivateOne() {
        try (PostgresSupply supply = supply(Map.of("chaos.jdbc.url", "jdbc:postgresql://h/db?password=s3cret"))) {
            assertThatThrownBy(supply::fresh)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessage("A private server must be started by this library, but chaos.jdbc.url names"
                            + " jdbc:postgresql://h/db. Remove chaos.jdbc.url to run tests that need one.");
        }
    }

    @Test
    void theSharedOneSaysThatItIsShared() {
        try (PostgresSupply supply = supply(Map.of());
                PostgresServer fresh = supply.fresh()) {
            assertThat(supply.startsServers()).isTrue();
            assertThat(supply.shared().isShared()).isTrue();
            assertThat(supply.shared().withDatabase("other").isShared()).isTrue();
            assertThat(Postgres.of(fresh).isShared()).isFalse();
        }
        try (PostgresSupply supply = supply(Map.of("chaos.jdbc.url", "jdbc:postgresql://h/db"))) {
            assertThat(supply.startsServers()).isFalse();
        }
    }

    @Test
    void aUrlThatNoDriverTakesIsNamed() {
        try (PostgresSupply supply = supply(Map.of("chaos.jdbc.url", "jdbc:postgresql://h:99999999/db"))) {
            assertThatThrownBy(supply::shared)
                    .hasMessage("A JDBC driver must take jdbc:postgresql://h:99999999/db, but none on the class path"
                            + " does. Correct chaos.jdbc.url, or add the dependency org.postgresql:postgresql.");
        }
    }

    @Test
    @EnabledIf(value = "isDebianInstalled", disabledReason = "there is no /usr/lib/postgresql/15")
    void anInstallationIsStarted() throws SQLException {
        try (PostgresSupply supply = supply(Map.of("chaos.postgres.home", "/usr/lib/postgresql/15"));
                Connection connection = supply.shared().connect()) {
            assertThat(connection.isValid(30)).isTrue();
            assertThat(supply.shared().majorVersion()).isEqualTo(15);
        }
    }

    static boolean isDebianInstalled() {
        return Path.of("/usr/lib/postgresql/15/bin/initdb").toFile().canExecute();
    }

    /** From now on a password is asked for. */
    private static void secure(PostgresServer server) throws SQLException {
        try (Connection connection = Postgres.of(server).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER USER postgres PASSWORD 's3cret'");
            statement.execute("CREATE TABLE hba (line text)");
            statement.execute("INSERT INTO hba VALUES ('host all all 127.0.0.1/32 scram-sha-256')");
            statement.execute("COPY hba TO '" + server.dataDirectory().resolve("pg_hba.conf") + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    private static PostgresSupply supply(Map<String, String> settings) {
        return PostgresSupply.of(key -> Optional.ofNullable(settings.get(key)), Map.of());
    }
}
