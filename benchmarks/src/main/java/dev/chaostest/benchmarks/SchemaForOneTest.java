// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.Run;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.isolation.internal.Script;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.internal.KeptConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
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
 * A schema of a test's own with one table, from nothing to dropped: what the server takes for it, asked twice on an open
 * connection; over kept connections, as the annotations do it; and connecting anew for each step. For {@link SideBySide}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SchemaForOneTest {

    static final List<String> WAYS = List.of("server", "kept", "connecting");

    private final Turns turns = new Turns(WAYS);
    private BenchmarkServer server;
    private DataSource connecting;
    private KeptConnections kept;
    private SchemaOptions options;
    private String table;
    private DataSource admin;
    private Connection open;
    private String way;

    @Setup
    public void prepare() throws SQLException {
        server = new BenchmarkServer();
        DriverSettings settings = server.settings().withApplicationName("chaostest");
        connecting = settings.unpooled();
        open = connecting.getConnection();
        kept = new KeptConnections(settings);
        table = Script.read(SchemaForOneTest.class, "one-table.sql").text();
        options = SchemaOptions.ofDefaults(Run.random()).withScripts(SchemaForOneTest.class, "one-table.sql");
    }

    @Setup(Level.Iteration)
    public void nextWay() {
        way = turns.next();
        admin = way.equals("kept") ? kept : connecting;
    }

    @Benchmark
    public String createAndDrop() throws SQLException {
        if (way.equals("server")) {
            try (Statement statement = open.createStatement()) {
                statement.execute("BEGIN; CREATE SCHEMA one; SET LOCAL search_path TO one; " + table + "; COMMIT");
                statement.execute("DROP SCHEMA one CASCADE");
                return "one";
            }
        }
        try (TestSchema schema = TestSchema.create(admin, options)) {
            return schema.name();
        }
    }

    @TearDown
    public void close() throws SQLException {
        open.close();
        kept.close();
        server.close();
    }
}
