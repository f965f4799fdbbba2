// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverSettingsTest {

    private final DriverSettings settings = DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres");

    private static List<String> shown(DriverSettings settings, String setting) {
        return new Sql(settings.unpooled()).column("SELECT current_setting(?)", setting);
    }

    @Test
    void theStatementTimeoutIsASessionDefaultThatResetBringsBack() throws SQLException {
        try (Connection connection = settings.withStatementTimeout(Duration.ofMillis(1500))
                .unpooled()
                .getConnection()) {
            Sql.run(connection, "SET statement_timeout = 0", "DISCARD ALL");
            assertThat(Sql.column(connection, "SHOW statement_timeout")).containsExactly("1500ms");
        }
    }

    @Test
    void itJoinsOptionsThatAreThereAlready() {
        Duration second = Duration.ofSeconds(1);
        DriverSettings property =
                settings.withProperties(Map.of("options", "-c work_mem=5MB")).withStatementTimeout(second);
        String more = settings.url().contains("?") ? "&" : "?";
        DriverSettings url = DriverSettings.of(
                        settings.url() + more + "options=-c%20work_mem=5MB", "postgres", "postgres")
                .withStatementTimeout(second);
        for (DriverSettings each : List.of(property, url)) {
            assertThat(shown(each, "work_mem")).containsExactly("5MB");
            assertThat(shown(each, "statement_timeout")).containsExactly("1s");
        }
    }

    @Test
    void theApplicationNameIsCutWhereTheServerCutsIt() {
        assertThat(shown(settings.withApplicationName("chaos TransferTest"), "application_name"))
                .containsExactly("chaos TransferTest");
        assertThat(shown(settings.withApplicationName("größe\n\uD83D\uDE80"), "application_name"))
                .containsExactly("gr??e??");
        assertThat(shown(settings.withApplicationName("x".repeat(70)), "application_name"))
                .containsExactly("x".repeat(63));
    }

    @Test
    void propertiesReplaceThoseInTheUrl() {
        String more = settings.url().contains("?") ? "&" : "?";
        DriverSettings both = DriverSettings.of(settings.url() + more + "ApplicationName=url", "postgres", "postgres");
        assertThat(shown(both, "application_name")).containsExactly("url");
        assertThat(shown(both.withProperties(Map.of("ApplicationName", "property")), "application_name"))
                .containsExactly("property");
    }

    @Test
    void userAndPasswordMayBeInTheUrl() {
        String more = settings.url().contains("?") ? "&" : "?";
        DriverSettings url = DriverSettings.of(settings.url() + more + "user=postgres&password=postgres", null, null);
        assertThat(new Sql(url.unpooled()).column("SELECT current_user")).containsExactly("postgres");
    }

    @Test
    void noTextOfItHoldsASecret() {
        DriverSettings secret = new DriverSettings(
                "jdbc:postgresql://h/db?password=s3cret", "u", "s3cret", Map.of("sslpassword", "s3cret"));
        assertThat(secret).hasToString("jdbc:postgresql://h/db with [sslpassword]");

        DriverSettings broken = DriverSettings.of("jdbc:postgresql://h:notaport/db?password=s3cret", null, null);
        assertThatThrownBy(broken::unpooled)
                .isInstanceOf(ChaosException.class)
                .hasNoCause()
                .hasMessage(
                        "A URL must be readable by pgjdbc, but jdbc:postgresql://h:notaport/db (properties left out)"
                                + " is not. Check host, port and percent signs.");
        assertThatThrownBy(() -> DriverSettings.of("jdbc:mysql://h/db?password=s3cret", null, null))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A URL must begin with jdbc:postgresql:, but does not. Its form is"
                        + " jdbc:postgresql://host:5432/database?name=value.");
    }

    @Test
    void aTimeoutOfNothingIsRefused() {
        assertThatThrownBy(() -> settings.withStatementTimeout(Duration.ZERO))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A statement timeout must be at least 1 ms, but was PT0S. To have none, leave it out.");
    }
}
