// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.WireMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

@Timeout(120)
class TlsTest {

    private static final String USER = "chaos_wire_tls_only";

    @Test
    void preferGoesOnInPlain() throws SQLException {
        try (WireMount wire = WireMount.twinOf("tls");
                Connection connection = WireTestServer.through(wire, "sslmode", "prefer", "gssEncMode", "prefer")) {
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"require", "verify-ca", "verify-full"})
    void insistingClientIsToldWhatToSet(String mode) {
        try (WireMount wire = WireMount.twinOf("tls")) {
            assertThatThrownBy(() -> WireTestServer.through(wire, "sslmode", mode))
                    .isInstanceOf(SQLException.class)
                    .hasRootCauseMessage("A connection through the wire seam must be without TLS, since the seam reads "
                            + "the protocol, but has sslmode=" + mode
                            + ". Set sslmode=disable for the test, or where the server "
                            + "insists on TLS use the properties of WireMount.propertiesAboveTls.");
        }
    }

    @Test
    void oldSwitchIsNoticedToo() {
        Properties properties = WireTestServer.login();
        properties.setProperty("ssl", "true");
        properties.setProperty("socketFactory", "dev.chaostest.postgres.wire.ChaosSocketFactory");
        properties.setProperty("socketFactoryArg", "tls");
        assertThatThrownBy(() -> DriverManager.getConnection(WireTestServer.url(), properties))
                .hasRootCauseMessage("A connection through the wire seam must be without TLS, since the seam reads the "
                        + "protocol, but has ssl=true. Set sslmode=disable for the test, or where the server insists on "
                        + "TLS use the properties of WireMount.propertiesAboveTls.");
    }

    @Test
    void missingKeyIsNamed() {
        Properties properties = WireTestServer.login();
        properties.setProperty("socketFactory", "dev.chaostest.postgres.wire.ChaosSocketFactory");
        assertThatThrownBy(() -> DriverManager.getConnection(WireTestServer.url(), properties))
                .hasRootCauseMessage("socketFactoryArg must be the key of a wire mount, but is missing. "
                        + "Set it to a name of the DataSource, for example socketFactoryArg=bank.");
    }

    /** The server's own refusal reaches the client, and its hint says what to change. */
    @Test
    void insistingServerIsHinted() throws Exception {
        try (Connection direct = WireTestServer.direct();
                WireMount wire = WireMount.twinOf("tls")) {
            Path rules = Path.of(WireTestServer.read(direct, "SHOW hba_file"));
            String before = Files.readString(rules);
            WireTestServer.run(direct, "DROP ROLE IF EXISTS " + USER);
            WireTestServer.run(direct, "CREATE ROLE " + USER + " LOGIN");
            try {
                reload(direct, rules, "hostnossl all " + USER + " all reject\n" + before, "1");
                assertThatThrownBy(() -> WireTestServer.through(wire, "user", USER, "sslmode", "prefer"))
                        .isInstanceOfSatisfying(PSQLException.class, TlsTest::assertHint);
            } finally {
                reload(direct, rules, before, "0");
                WireTestServer.run(direct, "DROP ROLE " + USER);
            }
        }
    }

    private static void assertHint(PSQLException thrown) {
        assertThat(thrown.getSQLState()).isEqualTo("28000");
        assertThat(Objects.requireNonNull(thrown.getServerErrorMessage()).getHint())
                .isEqualTo("The connection goes through a chaos seam that reads the protocol, so it has no TLS. "
                        + "Let the test server accept plain connections: a \"host\" line in pg_hba.conf for this "
                        + "address, and sslmode=disable in the client.");
    }

    private static void reload(Connection direct, Path rules, String text, String ours)
            throws SQLException, IOException {
        Files.writeString(rules, text);
        WireTestServer.run(direct, "SELECT pg_reload_conf()");
        Patience.await()
                .until(() -> WireTestServer.read(
                                direct, "SELECT count(*) FROM pg_hba_file_rules WHERE '" + USER + "' = ANY (user_name)")
                        .equals(ours));
    }
}
