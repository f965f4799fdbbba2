// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/** What a server of one's own costs, from nothing to the answer of the first query; binaries and template are there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 30)
@Fork(2)
public class FreshServer {

    private PostgresInstallation installation;
    private PostgresServer server;

    @Setup
    public void prepare() {
        installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
    }

    @Benchmark
    public int startAndAsk() throws SQLException {
        server = installation.start();
        return ask(server);
    }

    @TearDown(Level.Iteration)
    public void stop() {
        server.close();
    }

    private static int ask(PostgresServer server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                ResultSet one = connection.createStatement().executeQuery("SELECT 1")) {
            one.next();
            return one.getInt(1);
        }
    }
}
