// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcTargetTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example:6543/app?x=y, db.example, 6543, app",
        "jdbc:postgresql://db.example/app, db.example, 5432, app",
        "jdbc:postgresql://db.example/, db.example, 5432, me",
        "jdbc:postgresql://db.example, db.example, 5432, me",
        "jdbc:postgresql://[::1]:6543/a%20b, ::1, 6543, a b",
        "'jdbc:postgresql://one:1,two:2/app', one, 1, app",
        "'jdbc:postgresql://one,two:2/app', one, 5432, app",
        "jdbc:postgresql:app, localhost, 5432, app",
        "jdbc:postgresql:///app, localhost, 5432, app",
        "jdbc:postgresql:/, localhost, 5432, me",
    })
    void readsAUrlAsTheDriverDoes(String url, String host, int port, String database) {
        JdbcTarget target = JdbcTarget.of("x", url, Optional.of("me"), Optional.empty());

        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.database()).isEqualTo(database);
    }

    @Test
    void takesCredentialsOutOfTheUrl() {
        JdbcTarget target = JdbcTarget.of(
                "x", "jdbc:postgresql://h/db?a=b&user=me&password=s%26cret&c=d", Optional.empty(), Optional.empty());

        assertThat(target.url()).isEqualTo("jdbc:postgresql://h/db?a=b&c=d");
        assertThat(target.user()).contains("me");
        assertThat(target.password()).contains("s&cret");
    }

    @Test
    void separateCredentialsWin() {
        JdbcTarget target = JdbcTarget.of(
                "x", "jdbc:postgresql://h/db?user=me&password=one", Optional.of("you"), Optional.of("two"));

        assertThat(target.url()).isEqualTo("jdbc:postgresql://h/db");
        assertThat(target.user()).contains("you");
        assertThat(target.password()).contains("two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:s3cret@h/db",
                "jdbc:postgresql://me:s3/cret@h/db?password=s3cret",
                "jdbc:postgresql://s3cret@h/db",
            })
    void credentialsBeforeTheHostAreRefusedUnseen(String url) {
        assertThatThrownBy(() -> JdbcTarget.of("chaos.jdbc.url", url, Optional.empty(), Optional.empty()))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageStartingWith("chaos.jdbc.url must hold no user and password before its host, which the"
                        + " driver doesn't read, but was jdbc:postgresql://***@h/db")
                .hasMessageEndingWith(". Set chaos.jdbc.user and chaos.jdbc.password instead.")
                .hasMessageNotContaining("s3");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://h:5432/db?x=y, jdbc:postgresql://h:5432/my%20other?x=y",
        "jdbc:postgresql://[::1]:5432/db, jdbc:postgresql://[::1]:5432/my%20other",
        "'jdbc:postgresql://a,b:1/db?x=y', 'jdbc:postgresql://a,b:1/my%20other?x=y'",
        "jdbc:postgresql://h:5432, jdbc:postgresql://h:5432/my%20other",
        "jdbc:postgresql:db?x=y/z, jdbc:postgresql:my%20other?x=y/z",
        "jdbc:postgresql:, jdbc:postgresql:my%20other"
    })
    void leadsToAnotherDatabaseOfTheSameServer(String url, String expected) {
        JdbcTarget target = JdbcTarget.of("x", url, Optional.of("me"), Optional.of("hidden"));

        JdbcTarget other = target.withDatabase("my other");

        assertThat(other.url()).isEqualTo(expected);
        assertThat(other.database()).isEqualTo("my other");
        assertThat(other.password()).contains("hidden");
    }

    @Test
    void anotherDatabaseIsRefused() {
        assertThatThrownBy(() -> JdbcTarget.of(
                        "chaos.jdbc.url", "jdbc:mysql://h/db?password=s3cret", Optional.empty(), Optional.empty()))
                .hasMessage("chaos.jdbc.url must start with jdbc:postgresql:, but was"
                        + " jdbc:mysql://h/db?password=***."
                        + " Set it to a URL such as jdbc:postgresql://localhost:5432/test.");
    }

    @Test
    void showsNoSecret() {
        JdbcTarget target = JdbcTarget.of(
                "x", "jdbc:postgresql://h/db?sslpassword=s3cret&x=y", Optional.of("me"), Optional.of("hidden"));

        assertThat(target).hasToString("jdbc:postgresql://h/db?sslpassword=***&x=y");
        assertThat(target.redact(new SQLException("no hidden at jdbc:postgresql://h/db?sslpassword=s3cret")))
                .isEqualTo("no *** at jdbc:postgresql://h/db?sslpassword=***");
    }
}
