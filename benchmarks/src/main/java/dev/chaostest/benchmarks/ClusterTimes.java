// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.branch.Branch;
import dev.chaostest.postgres.branch.Branches;
import dev.chaostest.postgres.branch.RestorePoint;
import dev.chaostest.postgres.cluster.Failover;
import dev.chaostest.postgres.cluster.PostgresCluster;
import dev.chaostest.postgres.cluster.Standby;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.ServerOptions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a standby, a fail-over, a branch and a restore cost; on a small database in memory.
 *
 * <pre>{@code
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main ClusterTimes
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
@Fork(1)
public class ClusterTimes {

    private final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
    private ChaosScope scope;
    private PostgresCluster cluster;
    private Branch main;
    private RestorePoint point;

    @Setup(Level.Iteration)
    public void open() {
        scope = ChaosScope.open("times", Plan.of(new Seed(1)));
        cluster = PostgresCluster.open(scope, installation, 1);
        main = Branches.open(scope, installation).main();
        point = main.mark("point");
    }

    @TearDown(Level.Iteration)
    public void close() {
        scope.close();
    }

    /** Until it streams. */
    @Benchmark
    public Standby standby() {
        return cluster.addStandby();
    }

    /** From the kill until the first commit at the new primary. */
    @Benchmark
    public Failover failOver() {
        return cluster.failOver();
    }

    /** Until it takes writes. */
    @Benchmark
    public Branch branchNow() {
        return main.branchNow("now");
    }

    /** Until it takes writes. */
    @Benchmark
    public Branch branchAtAMark() {
        return main.branchAt("then", point);
    }

    /** In place, until it takes writes. */
    @Benchmark
    public Branch restore() {
        main.restore(point);
        return main;
    }
}
