// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.truth.Truth;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What it costs to follow transactions to their end: past the seam, through an armed seam, and through one whose transactions are
 * followed. One autocommit {@code SELECT 1}, and one INSERT between BEGIN and COMMIT, both server-prepared, over a real socket.
 *
 * <pre>{@code
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.chaostest.benchmarks.FollowedTransactions 100
 * }</pre>
 */
public final class FollowedTransactions {

    private static final int AT_ONCE = 200;
    private static final int TURNS = 100;

    private FollowedTransactions() {}

    /**
     * Measures and prints the median of each way.
     *
     * @param args how many turns of 200 transactions each; half as many more come first and don't count
     */
    public static void main(String[] args) throws SQLException {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : TURNS;
        try (BenchmarkServer server = new BenchmarkServer();
                Way past = new Way("past the seam", server, false, false);
                Way armed = new Way("armed", server, true, false);
                Way followed = new Way("followed", server, true, true)) {
            List<Way> ways = List.of(past, armed, followed);
            for (String work : List.of("SELECT", "INSERT")) {
                for (int turn = 0; turn < turns + turns / 2; turn++) {
                    for (Way way : ways) {
                        way.measure(work, turn >= turns / 2);
                    }
                }
                ways.forEach(way -> way.print(work));
            }
        }
    }

    /** One connection, and what was measured there. */
    private static final class Way implements AutoCloseable {
        private final String name;
        private final WireMount mount = WireMount.twinOf("followed");
        private final Round round = new Round("followed", Plan.of(new Seed(1)), TimeSource.system());
        private final Mount.Arming arming;
        private final AutoCloseable truth;
        private final Connection connection;
        private final PreparedStatement select;
        private final PreparedStatement insert;
        private final List<Double> micros = new ArrayList<>();

        Way(String name, BenchmarkServer server, boolean armed, boolean followed) throws SQLException {
            this.name = name;
            Properties login = new Properties();
            server.postgres().user().ifPresent(user -> login.setProperty("user", user));
            server.postgres().password().ifPresent(password -> login.setProperty("password", password));
            login.setProperty("prepareThreshold", "1");
            if (armed) {
                login.putAll(mount.properties());
            }
            connection = DriverManager.getConnection(server.postgres().jdbcUrl(), login);
            try (var statement = connection.createStatement()) {
                statement.execute("CREATE TEMP TABLE paid (id int)");
            }
            select = connection.prepareStatement("SELECT 1");
            insert = connection.prepareStatement("INSERT INTO paid VALUES (1)");
            PGSimpleDataSource admin = new PGSimpleDataSource();
            admin.setUrl(server.postgres().jdbcUrl());
            truth = followed ? Truth.of(mount, admin) : () -> {};
            arming = armed ? mount.mount().arm(round) : () -> {};
        }

        void measure(String work, boolean counts) throws SQLException {
            boolean alone = work.equals("SELECT");
            connection.setAutoCommit(alone);
            long begin = System.nanoTime();
            for (int n = 0; n < AT_ONCE; n++) {
                if (alone) {
                    select.executeQuery().close();
                } else {
                    insert.executeUpdate();
                    connection.commit();
                }
            }
            if (counts) {
                micros.add((System.nanoTime() - begin) / 1e3 / AT_ONCE);
            }
        }

        void print(String work) {
            double[] sorted = micros.stream().mapToDouble(each -> each).sorted().toArray();
            System.out.printf(Locale.ROOT, "%s %-14s median %.1f us%n", work, name, sorted[sorted.length / 2]);
            micros.clear();
        }

        @Override
        public void close() throws SQLException {
            arming.close();
            connection.close();
            try {
                truth.close();
            } catch (Exception e) {
                throw new IllegalStateException("The following must end, but did not.", e);
            }
            mount.close();
        }
    }
}
