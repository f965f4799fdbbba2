// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.postgres.writes.RowChange;
import dev.chaostest.postgres.writes.WriteLog;
import dev.chaostest.postgres.writes.Writes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one test wrote, in tables of two sizes: the time from a commit to the list of its rows. To begin a recording is not in
 * it: that is {@link #begin}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
public class WrittenRows {

    private static final int CHANGED = 100;

    @Param({"1000", "1000000"})
    public int tableRows;

    private BenchmarkServer server;
    private Connection connection;
    private WriteLog log;
    private Writes writes;

    @Setup
    public void prepare() throws SQLException {
        server = new BenchmarkServer();
        connection = server.postgres().connect();
        execute("CREATE SCHEMA written");
        execute("CREATE TABLE written.account (id int PRIMARY KEY, balance int, note text)");
        execute("INSERT INTO written.account SELECT i, 0, repeat('x', 50) FROM generate_series(1, " + tableRows
                + ") i");
        log = WriteLog.open(server.postgres());
    }

    @Setup(Level.Invocation)
    public void write() throws SQLException {
        writes = log.record("written");
        execute("UPDATE written.account SET balance = balance + 1 WHERE id <= " + CHANGED);
    }

    @Benchmark
    public List<RowChange> read() {
        List<RowChange> changes = writes.wrote();
        if (changes.size() != CHANGED) {
            throw new IllegalStateException(CHANGED + " rows must be read, but were " + changes.size() + ".");
        }
        return changes;
    }

    @Benchmark
    public void begin() {
        log.record("written").close();
    }

    @TearDown(Level.Invocation)
    public void end() {
        writes.close();
    }

    @TearDown
    public void close() throws SQLException {
        log.close();
        connection.close();
        server.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
