// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

@Timeout(120)
class OtherHitsTest {

    private static final String IN = "COPY account FROM STDIN";

    private static CopyManager copy(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    @Test
    void copyIsOneHitHoweverManyRows() throws Exception {
        String rows = "1%d\t0\n".repeat(1).formatted(0) + "11\t0\n" + "12\t0\n".repeat(1);
        assertThat(Hits.count(connection -> {
                    copy(connection).copyIn(IN, new StringReader(rows));
                    ByteArrayOutputStream binary = new ByteArrayOutputStream();
                    copy(connection).copyOut("COPY account TO STDOUT (FORMAT binary)", binary);
                    connection.createStatement().execute("DELETE FROM account");
                    copy(connection).copyIn(IN + " (FORMAT binary)", new ByteArrayInputStream(binary.toByteArray()));
                }))
                .isEqualTo(Map.of(
                        IN,
                        1L,
                        "COPY account TO STDOUT (FORMAT binary)",
                        1L,
                        "DELETE FROM account",
                        1L,
                        "COPY account FROM STDIN (FORMAT binary)",
                        1L));
    }

    @Test
    void copyThatFailsOrIsGivenUpIsAHit() throws Exception {
        assertThat(Hits.count(connection -> {
                    assertThatThrownBy(() -> copy(connection).copyIn(IN, new StringReader("1\t0\n")))
                            .isInstanceOf(SQLException.class);
                    CopyIn given = copy(connection).copyIn(IN);
                    given.writeToCopy("20\t0\n".getBytes(StandardCharsets.UTF_8), 0, 5);
                    given.cancelCopy();
                    assertThatThrownBy(() -> connection.createStatement().execute(IN))
                            .isInstanceOf(SQLException.class);
                    connection.createStatement().execute("SELECT 1");
                }))
                .isEqualTo(Map.of(IN, 3L, "SELECT ?", 1L));
    }

    @Test
    void copyInATransactionBegins() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setAutoCommit(false);
                    copy(connection).copyIn(IN, new StringReader("20\t0\n"));
                    connection.commit();
                }))
                .isEqualTo(Map.of("BEGIN", 1L, IN, 1L, "COMMIT", 1L));
    }

    @Test
    void isValidIsAnEmptyStatement() throws Exception {
        assertThat(Hits.count(connection -> {
                    assertThat(connection.isValid(30)).isTrue();
                    assertThat(connection.isValid(30)).isTrue();
                }))
                .isEqualTo(Map.of("(empty)", 2L));
    }

    /** Waiting for a notification sends nothing. */
    @Test
    void listeningAndNotifying() throws Exception {
        try (Hits hits = Hits.on()) {
            String channel = hits.bank().schema();
            assertThat(hits.of(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("LISTEN " + channel);
                            statement.execute("NOTIFY " + channel + ", 'hello'");
                            PGConnection own = connection.unwrap(PGConnection.class);
                            assertThat(own.getNotifications(5_000)).hasSize(1);
                            assertThat(own.getNotifications(20)).isNullOrEmpty();
                            statement.execute("UNLISTEN *");
                        }
                    }))
                    .isEqualTo(Map.of("LISTEN " + channel, 1L, "NOTIFY " + channel + ", ?", 1L, "UNLISTEN *", 1L));
        }
    }

    @Test
    void settingsOfTheSession() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setClientInfo("ApplicationName", "mine");
                    connection.setSchema("public");
                    assertThat(connection.getSchema()).isEqualTo("public");
                }))
                .isEqualTo(Map.of(
                        "SET application_name = ?", 1L,
                        "SET SESSION search_path TO ?", 1L,
                        "select current_schema()", 1L));
    }
}
