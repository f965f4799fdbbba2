// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresSourceTest {
    private static final Map<String, String> LIBPQ =
            Map.of("PGHOST", "db", "PGPORT", "6543", "PGUSER", "me", "PGPASSWORD", "s3cret", "PGDATABASE", "a b");

    @Test
    void theUrlComesFirst() {
        PostgresSource source = choose(
                Map.of(
                        "chaos.jdbc.url",
                        "jdbc:postgresql://h/db",
                        "chaos.jdbc.user",
                        "you",
                        "chaos.jdbc.password",
                        "p"),
                LIBPQ);

        assertThat(source)
                .isEqualTo(new PostgresSource.External(
                        new JdbcTarget(
                                "chaos.jdbc.url", "jdbc:postgresql://h/db", Optional.of("you"), Optional.of("p")),
                        Optional.empty(),
                        false));
    }

    @Test
    void aUserWithoutAUrlIsRefused() {
        assertThatThrownBy(() -> choose(Map.of("chaos.jdbc.user", "app"), Map.of()))
                .hasMessage("chaos.jdbc.user must go with chaos.jdbc.url, but that is not set. Set it, or remove "
                        + "chaos.jdbc.user.");
    }

    @Test
    void thenComeLibpqsVariables() {
        assertThat(choose(Map.of("chaos.postgres.version", "17", "chaos.postgres.home", "/opt/pg"), LIBPQ))
                .isEqualTo(new PostgresSource.External(
                        new JdbcTarget(
                                "PGHOST, PGPORT and PGDATABASE",
                                "jdbc:postgresql://db:6543/a+b",
                                Optional.of("me"),
                                Optional.of("s3cret")),
                        Optional.of(17),
                        false));
    }

    @Test
    void userAndPasswordAloneNameNoServer() {
        assertThat(choose(Map.of(), Map.of("PGUSER", "me", "PGPASSWORD", "s3cret", "PGHOST", " ")))
                .isEqualTo(new PostgresSource.Own(ServerOptions.ofDefaults(), "the class path"));
    }

    @Test
    void aPortAloneNamesThisMachine() {
        assertThat(choose(Map.of(), Map.of("PGPORT", "6543", "PGUSER", "me")))
                .isInstanceOfSatisfying(
                        PostgresSource.External.class,
                        source -> assertThat(source.target().url()).isEqualTo("jdbc:postgresql://localhost:6543/me"));
    }

    @Test
    void thenComesAnInstallation() {
        assertThat(choose(
                        Map.of(
                                "chaos.postgres.home",
                                "/opt/pg",
                                "chaos.postgres.version",
                                "16",
                                "chaos.postgres.directory",
                                "/big"),
                        Map.of()))
                .isEqualTo(new PostgresSource.Own(
                        ServerOptions.ofDefaults()
                                .withHome(Path.of("/opt/pg"))
                                .withMajor(16)
                                .withDirectory(Path.of("/big")),
                        "chaos.postgres.home"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"14", "sixteen", "16.2", "-1", "160"})
    void aVersionMustBeAMajorOne(String version) {
        assertThatThrownBy(() -> choose(Map.of("chaos.postgres.version", version), Map.of()))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.postgres.version must be a major version from 15 on, but was " + version
                        + ". Set it to 15, 16, 17 or 18, or remove it.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/postgresql", "one,two"})
    void aHostMustBeOneThatJavaCanReach(String host) {
        assertThatThrownBy(() -> choose(Map.of(), Map.of("PGHOST", host)))
                .hasMessage("PGHOST must be one host name or address for a Java driver, but was " + host
                        + ". Set chaos.jdbc.url, or set PGHOST to a host name.");
    }

    private static PostgresSource choose(Map<String, String> settings, Map<String, String> environment) {
        return PostgresSource.choose(key -> Optional.ofNullable(settings.get(key)), environment);
    }
}
