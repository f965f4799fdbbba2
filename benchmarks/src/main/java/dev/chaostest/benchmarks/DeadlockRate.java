// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.lock.Deadlock;
import dev.chaostest.postgres.lock.DeadlockOutcome;
import dev.chaostest.postgres.lock.Deadlocks;
import dev.chaostest.postgres.lock.LockRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How many deadlocks of two sessions over two rows there are in a second, one after the other, and whether the victim was the
 * chosen one, which changes with each.
 *
 * <pre>{@code
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.chaostest.benchmarks.DeadlockRate 1000
 * }</pre>
 */
public final class DeadlockRate {

    private static final int COUNT = 1000;
    private static final int WARMUP = 200;

    private DeadlockRate() {}

    /**
     * Measures and prints.
     *
     * @param args how many, 1000 if that is left out
     */
    public static void main(String[] args) throws SQLException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : COUNT;
        try (BenchmarkServer server = new BenchmarkServer();
                Connection setup = server.settings().unpooled().getConnection();
                Statement statement = setup.createStatement();
                ChaosScope scope = ChaosScope.open("deadlocks", Plan.of(new Seed(1)))) {
            statement.execute("DROP TABLE IF EXISTS deadlock_rate; CREATE TABLE deadlock_rate (id int PRIMARY KEY);"
                    + " INSERT INTO deadlock_rate VALUES (1), (2)");
            Deadlocks deadlocks = Deadlocks.of(scope, server.settings().unpooled());
            measure(deadlocks, WARMUP);
            print(server, measure(deadlocks, count));
            statement.execute("DROP TABLE deadlock_rate");
        }
    }

    private record Result(double[] millis, double[] detection, int asChosen, double seconds) {}

    private static Result measure(Deadlocks deadlocks, int count) {
        Deadlock rows =
                Deadlock.between(LockRequest.row("deadlock_rate", "id", 1), LockRequest.row("deadlock_rate", "id", 2));
        double[] millis = new double[count];
        double[] detection = new double[count];
        int asChosen = 0;
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            DeadlockOutcome outcome = deadlocks.provoke(rows.withVictim(i % 2));
            millis[i] = (System.nanoTime() - start) / 1e6;
            detection[i] = outcome.detection().toNanos() / 1e6;
            boolean isChosen = outcome.victim().session() == i % 2
                    && outcome.victim().sqlState().equals(Optional.of("40P01"));
            asChosen += isChosen ? 1 : 0;
        }
        return new Result(millis, detection, asChosen, (System.nanoTime() - begun) / 1e9);
    }

    private static void print(BenchmarkServer server, Result result) {
        int count = result.millis().length;
        System.out.printf(
                Locale.ROOT,
                "PostgreSQL %s: %d deadlocks, %.0f a second; median %.2f ms, p95 %.2f ms, detected after %.2f ms;"
                        + " victim as chosen in %d of %d%n",
                server.postgres().version(),
                count,
                count / result.seconds(),
                percentile(result.millis(), 50),
                percentile(result.millis(), 95),
                percentile(result.detection(), 50),
                result.asChosen(),
                count);
    }

    private static double percentile(double[] values, int percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
}
