// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.Patience.await;
import static dev.chaostest.postgres.server.fault.Victim.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.FaultUnavailableException;
import dev.chaostest.postgres.server.ServerDisk;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class DiskFaultsTest {
    private static final String MEGABYTE = "SELECT repeat(md5(g::text), 40) FROM generate_series(1, 1000) g";

    @Test
    void aFullTablespaceFailsWhatGrows() throws SQLException {
        try (Victim victim = withDisk(ServerDisk.TABLESPACE, 4 << 20);
                Connection open = victim.connect()) {
            victim.run(
                    "CREATE TABLESPACE small LOCATION '" + victim.server.tablespaceLocation() + "'",
                    "CREATE TABLE t (text text) TABLESPACE small",
                    "INSERT INTO t VALUES ('kept')");
            try (Injection full = victim.faults.fill(ServerDisk.TABLESPACE)) {
                assertThat(full.isActive()).isTrue();
                assertThat(state(() -> Victim.run(open, "INSERT INTO t " + MEGABYTE)))
                        .isEqualTo("53100");
                assertThat(Victim.ask(open, "SELECT count(*) FROM t")).isEqualTo("1");
                assertThat(state(() -> Victim.run(open, "CREATE TABLE elsewhere AS SELECT 1 AS id")))
                        .isEqualTo("success");
            }
            assertThat(state(() -> Victim.run(open, "INSERT INTO t " + MEGABYTE)))
                    .isEqualTo("success");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aFullDiskForEverythingFailsWritesAndLosesNothing() throws SQLException {
        try (Victim victim = withDisk(ServerDisk.DATA, 80 << 20)) {
            victim.run("CREATE TABLE t (text text)", "INSERT INTO t VALUES ('kept')");
            String seen;
            int acknowledged;
            try (Injection full = victim.faults.fill(ServerDisk.DATA)) {
                assertThat(full.isActive()).isTrue();
                Flood flood = Flood.into(victim, "t");
                seen = flood.state();
                acknowledged = flood.acknowledged();
            }
            // Data first, or the log first: then the server is gone.
            assertThat(seen).isIn("53100", "08006");
            assertThat(Integer.parseInt(victim.ask("SELECT count(*) FROM t"))).isGreaterThanOrEqualTo(1 + acknowledged);
            assertThat(state(() -> victim.run("INSERT INTO t " + MEGABYTE))).isEqualTo("success");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aFullDiskForTheLogEndsTheServerUntilThereIsRoom() throws SQLException {
        try (Victim victim = withDisk(ServerDisk.WAL, 32 << 20)) {
            victim.run("CREATE TABLE t (text text)", "INSERT INTO t VALUES ('kept')");
            int acknowledged;
            try (Injection full = victim.faults.fill(ServerDisk.WAL)) {
                assertThat(full.isActive()).isTrue();
                Flood flood = Flood.into(victim, "t");
                acknowledged = flood.acknowledged();
                assertThat(flood.state()).isIn("53100", "08006");
                await().until(() -> !victim.server.isRunning());
                assertThat(state(victim::connect)).isEqualTo("08001");
            }
            assertThat(Integer.parseInt(victim.ask("SELECT count(*) FROM t"))).isGreaterThanOrEqualTo(1 + acknowledged);
            victim.assertNothingLeft();
        }
    }

    @Test
    void whatSharesADiskWithTheMachineIsNotFilled() {
        try (Victim victim = Victim.start()) {
            assertThatThrownBy(() -> victim.faults.fill(ServerDisk.DATA))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The disk for DATA must be one of the server's own to be filled, but it shares this"
                            + " machine's. Start it with ServerOptions.withDisk(ServerDisk.DATA, 64 << 20).");
            assertThatThrownBy(victim.server::tablespaceLocation)
                    .hasMessage("The server on port " + victim.server.port() + " must have a small disk for a"
                            + " tablespace, but has none. Start it with ServerOptions.withDisk(ServerDisk.TABLESPACE,"
                            + " 8 << 20).");
        }
    }

    @Test
    void aDiskThatIsTooSmallIsRefused() {
        assertThatThrownBy(() -> ServerOptions.ofDefaults().withDisk(ServerDisk.WAL, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The disk for WAL must hold at least 32 MB, but was 1048576 bytes. Give it more, and fill"
                        + " it with ServerFaults.fill.");
    }

    @Test
    void noDiskIsLeftBehind() throws IOException {
        Path data;
        try (Victim victim = withDisk(ServerDisk.TABLESPACE, 4 << 20)) {
            data = victim.server.dataDirectory();
            assertThat(data).exists();
        }
        assertThat(data).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain("chaostest-");
    }

    private static Victim withDisk(ServerDisk disk, long bytes) {
        try {
            return Victim.start(ServerOptions.ofDefaults().withDisk(disk, bytes));
        } catch (FaultUnavailableException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    /**
     * Rows of 40 kB that don't compress, until one fails.
     *
     * @param acknowledged how many were committed
     * @param state what the last one failed with
     */
    private record Flood(int acknowledged, String state) {
        private static final int ROWS_MAX = 10_000;
        private static final String ROW = " SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 1280) g";

        static Flood into(Victim victim, String table) throws SQLException {
            try (Connection connection = victim.connect();
                    Statement statement = connection.createStatement()) {
                for (int i = 0; i < ROWS_MAX; i++) {
                    String seen = Victim.state(() -> statement.execute("INSERT INTO " + table + ROW));
                    if (!seen.equals("success")) {
                        return new Flood(i, seen);
                    }
                }
            }
            throw new AssertionError("the disk took " + ROWS_MAX + " rows");
        }
    }
}
