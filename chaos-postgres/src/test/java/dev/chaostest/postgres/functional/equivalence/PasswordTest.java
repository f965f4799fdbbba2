// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Passwords, on a server of its own: its rules are everybody's. */
@Timeout(120)
class PasswordTest {

    private static final List<String> METHODS = List.of("scram-sha-256", "md5", "password", "reject");

    @Test
    void everyMethodWithTheRightAndTheWrongPassword() throws Exception {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
                Connection direct = DriverManager.getConnection(server.jdbcUrl())) {
            prepare(server, direct);
            List<String> plain = play(server, Seam.ABSENT);
            assertThat(plain).anyMatch(line -> line.contains("28P01")).anyMatch(line -> line.contains("as password"));
            for (Way way : List.of(Seam.IDLE, Seam.ARMED_WITHOUT_RULES, Seam.ARMED_FOR_OTHERS)) {
                assertThat(play(server, way)).as(way.name()).isEqualTo(plain);
            }
        }
    }

    private static void prepare(PostgresServer server, Connection direct) throws Exception {
        StringBuilder rules = new StringBuilder();
        for (String method : METHODS) {
            String encryption = method.equals("md5") ? "md5" : "scram-sha-256";
            WireTestServer.run(direct, "SET password_encryption = '" + encryption + "'");
            WireTestServer.run(direct, "CREATE ROLE \"" + method + "\" LOGIN PASSWORD 'right'");
            rules.append("host all \"")
                    .append(method)
                    .append("\" all ")
                    .append(method)
                    .append('\n');
        }
        Path file = server.dataDirectory().resolve("pg_hba.conf");
        Files.writeString(file, rules + Files.readString(file));
        WireTestServer.run(direct, "SELECT pg_reload_conf()");
        Patience.await().until(() -> play(server, Seam.ABSENT).stream().anyMatch(line -> line.contains("28P01")));
    }

    private static List<String> play(PostgresServer server, Way way) {
        Observed seen = new Observed();
        try (Way.Passage passage = way.open()) {
            for (String method : METHODS) {
                for (String password : List.of("right", "wrong", "")) {
                    Properties properties = new Properties();
                    properties.putAll(passage.properties());
                    properties.setProperty("user", method);
                    properties.setProperty("password", password);
                    String url = "jdbc:postgresql://" + server.host() + ":" + server.port() + "/postgres";
                    seen.outcome(method + ", " + password, () -> {
                        try (Connection connection = DriverManager.getConnection(url, properties)) {
                            return "as " + WireTestServer.read(connection, "SELECT current_user");
                        }
                    });
                }
            }
        }
        return seen.lines();
    }
}
