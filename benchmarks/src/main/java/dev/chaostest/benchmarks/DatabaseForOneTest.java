// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.Run;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.DatabaseOptions;
import dev.chaostest.postgres.isolation.DatabasePool;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.internal.Script;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.internal.KeptConnections;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import io.zonky.test.db.provider.EmbeddedDatabase;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * A database or a server of a test's own, in turn with zonky's embedded-database-spring-test: what a test waits for it, before
 * and behind, and in all with connecting, one query and its end. Between two tests of one way there is as much work of tests
 * as a test has, so that what is made ahead has a chance to be.
 *
 * <p>All on the same disk: begin with {@code -Djava.io.tmpdir=/dev/shm/...}, where zonky has its data then, too.
 */
final class DatabaseForOneTest {

    private static final int WARM_UP = 20;

    private final Map<String, double[][]> times = new LinkedHashMap<>();
    private final Connection work;
    private final long workNanos;

    private DatabaseForOneTest(Connection work, long workMillis) {
        this.work = work;
        this.workNanos = workMillis * 1_000_000;
    }

    /** Something that a test has for itself. */
    private interface Own extends AutoCloseable {
        Connection connect() throws SQLException;

        @Override
        void close() throws SQLException;
    }

    @FunctionalInterface
    private interface Way {
        Own take() throws SQLException;
    }

    /** @param arguments how many tests of each way, 200; how long each works, 25 ms */
    public static void main(String[] arguments) throws SQLException {
        int tests = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        long workMillis = arguments.length > 1 ? Long.parseLong(arguments[1]) : 25;
        PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
        String script = Script.read(DatabaseForOneTest.class, "one-table.sql").text();
        try (PostgresServer server = installation.start();
                KeptConnections admin = new KeptConnections(DriverSettings.of(server.jdbcUrl(), null, null));
                DatabasePool pool = DatabasePool.open(admin);
                Connection work = admin.getConnection()) {
            DatabaseOptions options =
                    DatabaseOptions.ofDefaults(Run.random()).withScripts(DatabaseForOneTest.class, "one-table.sql");
            ZonkyDatabases zonky = new ZonkyDatabases(script);
            DatabaseForOneTest all = new DatabaseForOneTest(work, workMillis);
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("database", () -> owned(server.jdbcUrl(), TestDatabase.create(admin, options)));
            ways.put("from the pool", () -> owned(server.jdbcUrl(), pool.take(options)));
            ways.put("zonky's", () -> owned(zonky.take()));
            ways.put("own server", () -> owned(installation.start()));
            for (int test = -WARM_UP; test < tests; test++) {
                for (Map.Entry<String, Way> way : ways.entrySet()) {
                    all.run(way.getKey(), way.getValue(), test, tests);
                }
            }
            all.print(System.out);
        }
        System.exit(0); // zonky's threads and servers end with the JVM
    }

    private static Own owned(String url, TestDatabase database) {
        DataSource source = DriverSettings.of(url, null, null)
                .withProperties(database.driverProperties())
                .unpooled();
        return new Simple(source::getConnection, database::close);
    }

    private static Own owned(EmbeddedDatabase database) {
        return new Simple(database::getConnection, database::close);
    }

    private static Own owned(PostgresServer server) {
        return new Simple(Postgres.of(server)::connect, server::close);
    }

    @FunctionalInterface
    private interface Connecting {
        Connection connect() throws SQLException;
    }

    private record Simple(Connecting connecting, Runnable end) implements Own {
        @Override
        public Connection connect() throws SQLException {
            return connecting.connect();
        }

        @Override
        public void close() {
            end.run();
        }
    }

    private void run(String name, Way way, int test, int tests) throws SQLException {
        work();
        long began = System.nanoTime();
        Own own = way.take();
        long taken = System.nanoTime();
        try (Connection connection = own.connect()) {
            ask(connection, "SELECT count(*) FROM pg_class WHERE relname = 'account'");
        }
        long used = System.nanoTime();
        own.close();
        long ended = System.nanoTime();
        if (test >= 0) {
            double[][] all = times.computeIfAbsent(name, any -> new double[2][tests]);
            all[0][test] = (taken - began + ended - used) / 1e6;
            all[1][test] = (ended - began) / 1e6;
        }
    }

    /** On the server, as tests do, so that whoever works ahead must share the processors. */
    private void work() throws SQLException {
        long end = System.nanoTime() + workNanos;
        while (System.nanoTime() - end < 0) {
            ask(work, "SELECT count(*) FROM generate_series(1, 500)");
        }
    }

    private static void ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
        }
    }

    private void print(PrintStream out) {
        out.printf("%-16s %28s %28s%n", "ms, median (p95)", "waits", "with connect and query");
        times.forEach((name, all) -> out.printf(
                Locale.ROOT,
                "%-16s %18.1f (%7.1f) %18.1f (%7.1f)%n",
                name,
                quantile(all[0], 0.5),
                quantile(all[0], 0.95),
                quantile(all[1], 0.5),
                quantile(all[1], 0.95)));
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * (sorted.length - 1))];
    }
}
