// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * All scenarios, many times, in parallel: in turn on a clean server, and on one that others have left in a mess.
 *
 * <p>{@code mvn test -pl examples/postgres-scenarios -am -Dtest=Campaign -Dcampaign.runs=100}
 */
@Isolated
@Tag(ChaosTags.SLOW)
class Campaign {

    private static final int RUNS = Integer.getInteger("campaign.runs", 2);

    @Test
    @Timeout(3_600)
    void everyScenarioIsGreenEveryTime() throws SQLException {
        long first = 0;
        for (int run = 1; run <= RUNS; run++) {
            boolean dirty = run % 2 == 0;
            TestExecutionSummary summary = dirty ? onADirtyServer() : all(LauncherDiscoveryRequestBuilder.request());
            assertThat(summary.getFailures())
                    .as("run %d of %d", run, RUNS)
                    .map(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                    .isEmpty();
            // What a server lacks (checksums before 18), or whose server it is, aborts a test, which says so.
            long ended = summary.getTestsSucceededCount() + summary.getTestsAbortedCount();
            first = run == 1 ? ended : first;
            assertThat(ended)
                    .as("tests of run %d of %d", run, RUNS)
                    .isPositive()
                    .isEqualTo(first);
        }
    }

    private static TestExecutionSummary onADirtyServer() throws SQLException {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
                Dirt dirt = Dirt.on(server)) {
            assertThat(dirt.sessions()).isPositive();
            return all(LauncherDiscoveryRequestBuilder.request()
                    .configurationParameter("chaos.jdbc.url", server.jdbcUrl()));
        }
    }

    private static TestExecutionSummary all(LauncherDiscoveryRequestBuilder request) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        request.selectors(DiscoverySelectors.selectPackage("com.example.scenarios"))
                                .filters(ClassNameFilter.includeClassNamePatterns(".*Test"))
                                .build(),
                        listener);
        return listener.getSummary();
    }
}
