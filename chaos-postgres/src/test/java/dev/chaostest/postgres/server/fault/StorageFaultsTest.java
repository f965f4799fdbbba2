// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.server.fault.Victim.ask;
import static dev.chaostest.postgres.server.fault.Victim.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class StorageFaultsTest {
    private static final String ALL = "SELECT count(*) FROM bank.\"My account\"";

    @Test
    void aLostFileFailsWhoeverReadsTheTable() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults())) {
            try (Injection lost = victim.faults.storage("postgres").lose("bank.\"My account\"");
                    Connection open = victim.connect()) {
                assertThat(lost.isActive()).isTrue();
                assertThat(state(() -> ask(open, ALL))).isEqualTo("58P01");

                lost.close();

                assertThat(ask(open, ALL)).isEqualTo("1000");
            }
            victim.assertNothingLeft();
        }
    }

    @Test
    void aCutFileLosesRowsInSilence() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults())) {
            try (Injection cut = victim.faults.storage("postgres").truncate("bank.\"My account\"", 1)) {
                assertThat(cut.isActive()).isTrue();
                assertThat(Integer.parseInt(victim.ask(ALL))).isBetween(1, 999);
            }
            assertThat(victim.ask(ALL)).isEqualTo("1000");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aFileIsCutOnce() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults())) {
            StorageFaults storage = victim.faults.storage("postgres");
            try (Injection cut = storage.truncate("bank.\"My account\"", 1)) {
                assertThatThrownBy(() -> storage.truncate("bank.\"My account\"", 0))
                        .isInstanceOf(ChaosException.class)
                        .hasMessage("The file of bank.\"My account\" must be whole to be cut, but it is cut already."
                                + " Close that fault first.");
                assertThat(cut.isActive()).isTrue();
            }
            assertThat(victim.ask(ALL)).isEqualTo("1000");
            victim.assertNothingLeft();
        }
    }

    @Test
    void whatCannotBeKeptIsNotCutAndTheServerRuns() throws SQLException, IOException {
        try (Victim victim = bank(ServerOptions.ofDefaults())) {
            Path file = victim.server
                    .dataDirectory()
                    .resolve(victim.ask("SELECT pg_relation_filepath('bank.\"My account\"')"));
            Path inTheWay =
                    Files.createDirectories(file.resolveSibling("chaostest-kept-" + file.getFileName() + "-half")
                            .resolve("x"));

            assertThatThrownBy(() -> victim.faults.storage("postgres").truncate("bank.\"My account\"", 1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("must come about, but the machine said");

            assertThat(victim.ask(ALL)).isEqualTo("1000");
            Files.delete(inTheWay);
            Files.delete(inTheWay.getParent());
        }
    }

    @Test
    void aCorruptedPageIsNoticedByItsChecksum() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults().withChecksums())) {
            try (Injection corrupt = victim.faults.storage("postgres").corrupt("bank.\"My account\"", 2);
                    Connection open = victim.connect()) {
                assertThat(corrupt.isActive()).isTrue();
                assertThat(state(() -> ask(open, ALL))).isEqualTo("XX001");
                assertThat(ask(open, "SELECT count(*) FROM bank.\"My account\" WHERE ctid = '(1,1)'"))
                        .isEqualTo("1");

                corrupt.close();

                assertThat(ask(open, ALL)).isEqualTo("1000");
            }
            assertThat(victim.ask("SELECT count(*) FROM pg_extension WHERE extname = 'pg_buffercache'"))
                    .isEqualTo("0");
            victim.assertNothingLeft();
        }
    }

    @Test
    void whatCannotBeDamagedIsRefused() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults().withChecksums())) {
            StorageFaults storage = victim.faults.storage("postgres");
            victim.run("CREATE TABLE empty (id int)");

            assertThatThrownBy(() -> storage.lose("nothing"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A table whose file is damaged must be in database postgres and have rows, but for"
                            + " \"nothing\" there is none with this name. Name it as in SQL, with its schema:"
                            + " \"bank.account\".");
            assertThatThrownBy(() -> storage.corrupt("empty", 0))
                    .hasMessage("A table whose file is damaged must be in database postgres and have rows, but for"
                            + " \"empty\" it is empty. Name it as in SQL, with its schema: \"bank.account\".");
            String blocks = victim.ask("SELECT pg_relation_size('bank.\"My account\"') / 8192");
            assertThatThrownBy(() -> storage.corrupt("bank.\"My account\"", 1000))
                    .hasMessage("The block of bank.\"My account\" that is corrupted must be 0 to "
                            + (Integer.parseInt(blocks) - 1) + ", but was 1000. It has " + blocks + " now.");
            assertThatThrownBy(() -> storage.truncate("bank.\"My account\"", 1000))
                    .hasMessage("The blocks that are left of bank.\"My account\" must be 0 to "
                            + (Integer.parseInt(blocks) - 1) + ", but were 1000. It has " + blocks + " now.");
            assertThat(victim.commands()).isEmpty();
        }
    }

    @Test
    void withoutChecksumsNobodyWouldNotice() throws SQLException {
        try (Victim victim = bank(ServerOptions.ofDefaults())) {
            assumeTrue(victim.server.majorVersion() < 18, "it has checksums by default");

            assertThatThrownBy(() -> victim.faults.storage("postgres").corrupt("bank.\"My account\"", 0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The server on port " + victim.server.port() + " must have checksums to notice a"
                            + " corrupted page, but has none. Start it with ServerOptions.withChecksums().");
            assertThat(victim.commands()).isEmpty();
        }
    }

    private static Victim bank(ServerOptions options) throws SQLException {
        Victim victim = Victim.start(options);
        victim.run(
                "CREATE SCHEMA bank",
                "CREATE TABLE bank.\"My account\" (id int PRIMARY KEY, text text)",
                "INSERT INTO bank.\"My account\" SELECT g, repeat('x', 100) FROM generate_series(1, 1000) g");
        return victim;
    }
}
