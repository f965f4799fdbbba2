// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A scope for one test, which must leave neither processes nor directories, and have healed all that it did. */
public abstract class ClusterFixture {
    protected final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
    protected final ChaosScope scope = ChaosScope.open("cluster", Plan.of(Seed.random()));
    private final List<PostgresServer> seen = new ArrayList<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    protected PostgresCluster cluster(int standbys) {
        PostgresCluster cluster = PostgresCluster.open(scope, installation, standbys);
        watch(cluster.servers());
        return cluster;
    }

    /** What must be gone at the end. */
    protected void watch(List<PostgresServer> servers) {
        seen.addAll(servers);
    }

    /** A thread of the application's. */
    protected ExecutorService executor() {
        return executor;
    }

    protected List<String> commands() {
        return scope.ledger().entries(LedgerEntry.Commanded.class).stream()
                .map(LedgerEntry.Commanded::command)
                .toList();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        List<Path> homes =
                seen.stream().map(server -> server.dataDirectory().getParent()).toList();
        scope.close();
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(homes).noneMatch(Files::exists);
        assertThat(seen).noneMatch(PostgresServer::isRunning);
        assertThat(seen)
                .noneMatch(server -> ProcessHandle.of(server.pid())
                        .filter(ProcessHandle::isAlive)
                        .isPresent());
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class).stream().map(LedgerEntry.Healed::commanded))
                .containsExactlyInAnyOrderElementsOf(scope.ledger().entries(LedgerEntry.Commanded.class).stream()
                        .map(LedgerEntry.Commanded::sequence)
                        .toList());
    }
}
