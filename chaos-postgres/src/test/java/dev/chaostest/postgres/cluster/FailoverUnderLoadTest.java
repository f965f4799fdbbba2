// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class FailoverUnderLoadTest extends ClusterFixture {
    private static final int WORKERS = 4;

    private final AtomicBoolean over = new AtomicBoolean();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

    @Test
    void aPooledApplicationMeetsTheLossAndGoesOnAtTheNewPrimary() throws Exception {
        WriteAudit audit = failOver(cluster(1), false);
        assertThat(audit.failed()).containsKey("08006");
        assertThat(audit.failed().keySet()).allMatch(state -> state.startsWith("08"));
        assertThat(refusals).allMatch(state -> state.equals("08001") || state.equals("null"));
        assertThat(audit.doubtful()).isPositive();
    }

    @Test
    void aSynchronousClusterUnderLoadLosesNothing() throws Exception {
        failOver(cluster(2), true).requireNothingLost();
    }

    private WriteAudit failOver(PostgresCluster cluster, boolean synchronous) throws Exception {
        AcknowledgedWrites writes;
        try (Connection connection = Db.connect(cluster.jdbcUrl())) {
            writes = AcknowledgedWrites.create(connection, scope.time());
        }
        if (synchronous) {
            cluster.synchronous();
        }
        try (HikariDataSource pool = pool(cluster);
                Connection held = pool.getConnection()) {
            List<Future<?>> workers = start(pool, writes);
            writes.awaitMore(50);
            assertThat(writes.write(held)).isTrue();

            Failover failover = cluster.failOver();

            assertThat(writes.write(held)).as("the strike").isFalse();
            writes.awaitMore(50);
            over.set(true);
            for (Future<?> worker : workers) {
                worker.get(30, TimeUnit.SECONDS);
            }
            assertThat(writes.longestGap()).isPositive();
            scope.ledger().noted("the application stood still for " + writes.longestGap() + " at " + failover);
        }
        cluster.requireOnePrimary();
        try (Connection connection = Db.connect(cluster.jdbcUrl())) {
            return writes.audit(connection);
        }
    }

    private List<Future<?>> start(DataSource pool, AcknowledgedWrites writes) {
        List<Future<?>> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            workers.add(executor().submit(() -> {
                while (!over.get()) {
                    try (Connection connection = pool.getConnection()) {
                        writes.write(connection);
                    } catch (SQLException e) {
                        refusals.add(String.valueOf(e.getSQLState()));
                    }
                }
            }));
        }
        return workers;
    }

    private static HikariDataSource pool(PostgresCluster cluster) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(cluster.jdbcUrl());
        config.setMaximumPoolSize(WORKERS + 1);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }
}
