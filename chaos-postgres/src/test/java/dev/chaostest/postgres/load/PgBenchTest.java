// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class PgBenchTest {

    @ParameterizedTest
    @EnumSource
    void toolRunsWhereItIsInstalled(Workload workload) {
        Optional<PgBench> pgbench = PgBench.find();
        assumeTrue(pgbench.isPresent(), "pgbench is not on the PATH");
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            DataSource source = DriverSettings.of(server.jdbcUrl(), "postgres", null).unpooled();
            assertThatThrownBy(() -> pgbench.get().run(server, "postgres", workload, 1, 1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageStartingWith("pgbench must end well, but said:\n")
                    .hasMessageEndingWith(
                            "\nCreate its tables with LoadTables first, and give it no fault that ends a session.");
            try (LoadTables tables = LoadTables.create(source, Scale.of(1))) {
                LoadReport report = pgbench.get().run(server, "postgres", workload, 2, 20);

                assertThat(report.transactions()).isEqualTo(40);
                assertThat(report.failures()).isEmpty();
                assertThat(tables.sums().requireEqual().transactions())
                        .isEqualTo(workload == Workload.TPC_B ? 40 : 0);
            }
        }
    }

    @Test
    void toolThatIsNotThereIsSaid(@TempDir Path empty) throws IOException {
        Files.writeString(empty.resolve("pgbench"), "cannot be run");
        assertThat(PgBench.find("/chaos/nothing:" + empty)).isEmpty();
        assertThatThrownBy(() -> PgBench.require(""))
                .isInstanceOf(ChaosException.class)
                .hasMessage("pgbench must be on the PATH, but is not. Install it (on Debian it is in the package"
                        + " postgresql), or use PgLoad, which does the same without it.");
    }

    @Test
    void whatItSaysIsRead() {
        LoadReport report = PgBench.report(
                """
                number of transactions actually processed: 190/200
                number of failed transactions: 10 (5.000%)
                """,
                Duration.ofSeconds(2));

        assertThat(report.transactions()).isEqualTo(190);
        assertThat(report.failures()).isEqualTo(new TreeMap<>(Map.of("none", 10L)));
        assertThat(report.perSecond()).isEqualTo(95.0);
        assertThatThrownBy(() -> PgBench.report("nothing\n", Duration.ofSeconds(2)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("pgbench must say how many transactions it processed, but said:\n  nothing\n"
                        + "Use one of PostgreSQL 14 or later.");
    }
}
