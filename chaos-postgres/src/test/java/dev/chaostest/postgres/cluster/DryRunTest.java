// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.branch.Branch;
import dev.chaostest.postgres.branch.Branches;
import dev.chaostest.postgres.branch.RestorePoint;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DryRunTest {
    private final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());

    @Test
    void nothingIsDone() {
        try (ChaosScope scope = ChaosScope.openDryRun("dry", Plan.of(new Seed(1)))) {
            PostgresCluster cluster = PostgresCluster.open(scope, installation, 1);
            PostgresServer primary = cluster.primary();
            Standby standby = cluster.standby(0);
            assertThat(standby.freezeStreaming().isActive()).isFalse();
            standby.pauseReplay().close();
            assertThat(cluster.synchronous().isActive()).isFalse();
            assertThat(cluster.failOver().primary()).isSameAs(primary);
            cluster.promote(standby);
            assertThat(standby.isPromoted()).isFalse();
            assertThat(cluster.writable()).containsExactly(primary);

            Branch main = Branches.open(scope, installation).main();
            RestorePoint point = main.mark("point");
            main.restore(point);
            assertThat(main.mark("later").timeline()).isEqualTo(1);

            assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
            assertThat(notes(scope))
                    .anyMatch(note -> note.matches("dry run: would freeze walsender \\d+ of standby node_2"))
                    .contains(
                            "dry run: would pause replay of standby node_2",
                            "dry run: would wait for a standby at each commit on port " + primary.port(),
                            "dry run: would crash the primary on port " + primary.port(),
                            "dry run: would promote standby node_2",
                            "dry run: would restore branch main to \"point\" of branch main");
        }
    }

    @Test
    void whatIsForbiddenIsNotDone() {
        try (ChaosScope scope = ChaosScope.open("forbidden", Plan.of(new Seed(1)))) {
            PostgresCluster cluster = PostgresCluster.open(scope, installation, 1);
            Standby standby = cluster.standby(0);
            Branch main = Branches.open(scope, installation).main();
            RestorePoint point = main.mark("point");
            scope.forbidFaults("Nothing may be hurt here.");
            for (Runnable fault : List.<Runnable>of(
                    standby::freezeStreaming,
                    standby::pauseReplay,
                    () -> standby.delayReplay(Duration.ofSeconds(1)),
                    standby::promote,
                    cluster::synchronous,
                    cluster::failOver,
                    () -> main.restore(point))) {
                assertThatThrownBy(fault::run)
                        .isInstanceOf(ChaosException.class)
                        .hasMessage("Nothing may be hurt here.");
            }
            assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
        }
    }

    private static List<String> notes(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }
}
