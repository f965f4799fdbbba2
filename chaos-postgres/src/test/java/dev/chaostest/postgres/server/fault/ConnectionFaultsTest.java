// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.server.fault.Victim.ask;
import static dev.chaostest.postgres.server.fault.Victim.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ConnectionFaultsTest {

    @Test
    void aFullServerRefusesEvenASuperuser() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            try (Injection full = victim.faults.connections().exhaust()) {
                assertThat(full.isActive()).isTrue();
                assertThat(state(victim::connect)).isEqualTo("53300");
                assertThat(ask(open, "SELECT 1")).isEqualTo("1");
            }
            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aRoleWithoutConnectionsIsRefused() throws SQLException {
        try (Victim victim = Victim.start()) {
            victim.run("CREATE ROLE \"my app\" LOGIN CONNECTION LIMIT 7");
            try (Injection full = victim.faults.connections().exhaust("my app")) {
                assertThat(full.isActive()).isTrue();
                assertThat(state(() -> as(victim, "my%20app"))).isEqualTo("53300");
                assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            }
            assertThat(state(() -> as(victim, "my%20app"))).isEqualTo("success");
            assertThat(victim.ask("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'my app'"))
                    .isEqualTo("7");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aClosedRoleMayNotLogIn() throws SQLException {
        try (Victim victim = Victim.start()) {
            victim.run("CREATE ROLE app LOGIN");
            try (Injection closed = victim.faults.connections().closeRole("app")) {
                assertThat(closed.isActive()).isTrue();
                assertThat(state(() -> as(victim, "app"))).isEqualTo("28000");
            }
            assertThat(state(() -> as(victim, "app"))).isEqualTo("success");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aClosedRoleMayBeDropped() throws SQLException {
        try (Victim victim = Victim.start()) {
            victim.run("CREATE ROLE app LOGIN");
            try (Injection closed = victim.faults.connections().closeRole("app")) {
                assertThat(closed.isActive()).isTrue();
                victim.run("DROP ROLE app");
            }
            victim.assertNothingLeft();
        }
    }

    @Test
    void aClosedDatabaseRefusesEverybodyNew() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            try (Injection closed = victim.faults.connections().closeDatabase("postgres")) {
                assertThat(closed.isActive()).isTrue();
                assertThat(state(victim::connect)).isEqualTo("55000");
                assertThat(ask(open, "SELECT 1")).isEqualTo("1");
            }
            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    void whatIsNotThereIsRefused() {
        try (Victim victim = Victim.start()) {
            ConnectionFaults connections = victim.faults.connections();
            String port = "" + victim.server.port();

            assertThatThrownBy(() -> connections.closeRole("nobody"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The server on port " + port + " must have the role \"nobody\", but it has none with"
                            + " this name. Create it first, and write its name as the catalog has it.");
            assertThatThrownBy(() -> connections.exhaust("postgres"))
                    .hasMessage(
                            "The server on port " + port + " must have the role \"postgres\" (not a superuser), but"
                                    + " it has none with this name. Create it first, and write its name as the catalog has it.");
            assertThatThrownBy(() -> connections.closeRole("postgres"))
                    .hasMessage("The role that is closed must not be postgres, as which this library heals. Create a"
                            + " role for the code under test.");
            assertThatThrownBy(() -> connections.closeDatabase("nothing"))
                    .hasMessage("The server on port " + port + " must have the database \"nothing\", but it has none"
                            + " with this name. Create it first, and write its name as the catalog has it.");
            assertThat(victim.commands()).isEmpty();
        }
    }

    @Test
    void aServerThatTakesTooManyIsNotFilled() {
        try (Victim victim = Victim.start(ServerOptions.ofDefaults().withSetting("max_connections", "1500"))) {
            assertThatThrownBy(() -> victim.faults.connections().exhaust())
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The server on port " + victim.server.port() + " must have at most 1000 connections to"
                            + " be filled, but max_connections is 1500. Start it with fewer:"
                            + " ServerOptions.withSetting(\"max_connections\", \"20\").");
        }
    }

    private static void as(Victim victim, String role) throws SQLException {
        DriverManager.getConnection(victim.server.jdbcUrl().replace("user=postgres", "user=" + role))
                .close();
    }
}
