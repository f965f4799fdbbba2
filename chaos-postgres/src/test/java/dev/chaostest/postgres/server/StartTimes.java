// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/**
 * Measures what a private server costs until its first answer, and its end. Not a test: run it by its name, with a
 * number of servers and, for times on a disk or from cold, a directory.
 */
final class StartTimes {
    private final PrintStream out;

    private StartTimes(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws SQLException {
        int servers = Integer.parseInt(arguments[0]);
        ServerOptions options = ServerOptions.ofDefaults();
        new StartTimes(System.out)
                .measure(servers, arguments.length > 1 ? options.withDirectory(Path.of(arguments[1])) : options);
    }

    private void measure(int servers, ServerOptions options) throws SQLException {
        long begin = System.nanoTime();
        PostgresInstallation installation = PostgresInstallation.prepare(options);
        out.printf("prepare %d ms%n", millisSince(begin));
        long[] starts = new long[servers];
        long[] answers = new long[servers];
        long[] ends = new long[servers];
        for (int i = 0; i < servers; i++) {
            begin = System.nanoTime();
            PostgresServer server = installation.start();
            starts[i] = millisSince(begin);
            ask(server);
            answers[i] = millisSince(begin);
            begin = System.nanoTime();
            server.close();
            ends[i] = millisSince(begin);
        }
        report("started", starts);
        report("answered", answers);
        report("closed", ends);
    }

    private void report(String what, long[] millis) {
        long first = millis[0];
        Arrays.sort(millis);
        out.printf(
                "%-8s first %d ms, median %d ms, worst %d ms%n",
                what, first, millis[millis.length / 2], millis[millis.length - 1]);
    }

    private static void ask(PostgresServer server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
