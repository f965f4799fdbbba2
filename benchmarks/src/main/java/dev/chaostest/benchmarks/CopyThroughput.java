// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.link.TcpLink;
import dev.chaostest.postgres.wire.WireMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * 100 MB by COPY, out of a table and into one, as a million rows of 100 bytes; each row out is a message. By pgjdbc alone,
 * with the idle seam, and through an idle TCP link without and with the seam. For {@link SideBySide}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4)
@Measurement(iterations = 6)
public class CopyThroughput {

    private static final int ROWS = 1_000_000;
    private static final int BYTES = 100 * ROWS;
    private static final String FULL = "chaos_benchmark_full";
    private static final String EMPTY = "chaos_benchmark_empty";

    static final List<String> WAYS = List.of("plain", "seam", "link", "wireLink");

    private final Turns turns = new Turns(WAYS);
    private final Map<String, Connection> connections = new HashMap<>();
    private byte[] rows;
    private BenchmarkServer server;
    private WireMount mount;
    private TcpLink link;
    private TcpLink wireLink;
    private Connection connection;
    private CopyManager copy;

    @Setup
    public void fill() throws SQLException, IOException {
        server = new BenchmarkServer();
        mount = WireMount.twinOf("copy");
        connections.put("plain", server.settings().unpooled().getConnection());
        connections.put(
                "seam",
                BenchmarkServer.through(mount, server.settings()).unpooled().getConnection());
        link = server.link();
        connections.put("link", server.through(link).getConnection());
        wireLink = server.link(mount);
        connections.put("wireLink", server.through(wireLink).getConnection());
        rows = ("x".repeat(99) + "\n").repeat(ROWS).getBytes(StandardCharsets.US_ASCII);
        use("plain");
        execute("DROP TABLE IF EXISTS " + FULL + ", " + EMPTY);
        execute("CREATE UNLOGGED TABLE " + FULL + " (line text)");
        execute("CREATE UNLOGGED TABLE " + EMPTY + " (line text)");
        copy.copyIn("COPY " + FULL + " FROM STDIN", new ByteArrayInputStream(rows));
        execute("VACUUM FREEZE " + FULL);
    }

    @Setup(Level.Iteration)
    public void nextWay() throws SQLException {
        use(turns.next());
    }

    private void use(String way) throws SQLException {
        connection = connections.get(way);
        copy = connection.unwrap(PGConnection.class).getCopyAPI();
    }

    @Benchmark
    public long out() throws SQLException, IOException {
        Counted counted = new Counted();
        copy.copyOut("COPY " + FULL + " TO STDOUT", counted);
        if (counted.bytes != BYTES) {
            throw new IOException("COPY must bring " + BYTES + " bytes, but brought " + counted.bytes + ".");
        }
        return counted.bytes;
    }

    @Benchmark
    public long in() throws SQLException, IOException {
        return copy.copyIn("COPY " + EMPTY + " FROM STDIN", new ByteArrayInputStream(rows));
    }

    @TearDown(Level.Iteration)
    public void empty() throws SQLException {
        execute("TRUNCATE " + EMPTY);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @TearDown
    public void close() throws SQLException {
        execute("DROP TABLE " + FULL + ", " + EMPTY);
        for (Connection each : connections.values()) {
            each.close();
        }
        link.close();
        wireLink.close();
        mount.close();
        server.close();
    }

    /** Takes what comes and keeps only how much it was. */
    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            bytes += length;
        }
    }
}
