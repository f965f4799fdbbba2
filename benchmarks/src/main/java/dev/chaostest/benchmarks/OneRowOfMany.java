// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.dbunit.DatabaseUnitException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Finds the one row that changed in a table with five columns, with this library, AssertJ-DB and DBUnit: how long it takes,
 * and the smallest heap in which it works.
 *
 * <pre>{@code
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.chaostest.benchmarks.OneRowOfMany 1000000
 * }</pre>
 */
public final class OneRowOfMany {

    static final String SCHEMA = "one_row_of_many";

    private static final List<Integer> HEAPS = List.of(16, 24, 32, 48, 64, 128, 256, 512, 1024, 2048, 4096);
    private static final int LARGE = 6144;
    private static final int ROUNDS = 5;
    private static final long DEADLINE_SECONDS = 120;

    private final String url;

    private OneRowOfMany(String url) {
        this.url = url;
    }

    /**
     * Measures and prints; or, in a JVM of its own, finds the row a few times.
     *
     * @param args how many rows; or a way and a URL
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 2) {
            System.out.print(median(ChangedRow.valueOf(args[0]), source(args[1])));
            return;
        }
        try (BenchmarkServer server = new BenchmarkServer()) {
            new OneRowOfMany(server.postgres().jdbcUrl()).run(args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000);
        }
    }

    private static PGSimpleDataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser("postgres");
        source.setCurrentSchema(SCHEMA); // AssertJ-DB finds the primary key of a table only by a name without a schema
        return source;
    }

    private static double median(ChangedRow way, PGSimpleDataSource source) throws SQLException, DatabaseUnitException {
        double[] millis = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            millis[round] = way.find(source, new ChangedRow.Change(source)) / 1e6;
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }

    private void run(int rows) throws Exception {
        fill(rows);
        System.out.printf(Locale.ROOT, "%,d rows, %d rounds in a JVM, median%n", rows, ROUNDS);
        for (ChangedRow way : ChangedRow.values()) {
            String millis = inItsOwnJvm(way, LARGE);
            System.out.printf(Locale.ROOT, "  %-10s %s", way, millis.isEmpty() ? "nothing" : millis + " ms");
            System.out.println(millis.isEmpty() ? " within " + DEADLINE_SECONDS + " s" : ", smallest heap " + heap(way));
        }
    }

    private String heap(ChangedRow way) throws IOException, InterruptedException {
        for (int heap : HEAPS) {
            String millis = inItsOwnJvm(way, heap);
            if (!millis.isEmpty()) {
                return heap + " MiB (" + millis + " ms)";
            }
        }
        return "more than 4 GiB";
    }

    /** @return the median; empty if it failed or took too long */
    private String inItsOwnJvm(ChangedRow way, int heap) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx" + heap + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneRowOfMany.class.getName(),
                        way.name(),
                        url)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            boolean ended = java.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return ended && java.exitValue() == 0
                    ? new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    : "";
        } finally {
            java.destroyForcibly();
        }
    }

    private void fill(int rows) throws SQLException {
        try (Connection connection = source(url).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE; CREATE SCHEMA " + SCHEMA);
            statement.execute("CREATE TABLE " + SCHEMA + ".big (id bigint PRIMARY KEY, name text NOT NULL,"
                    + " amount numeric(12,2) NOT NULL, active boolean NOT NULL, at timestamptz NOT NULL)");
            statement.execute("INSERT INTO " + SCHEMA + ".big SELECT i, 'customer ' || i, i % 1000, i % 3 = 0,"
                    + " timestamptz '2026-01-01' + i * interval '1 s' FROM generate_series(1, " + rows + ") i");
            statement.execute("VACUUM ANALYZE " + SCHEMA + ".big");
        }
    }
}
