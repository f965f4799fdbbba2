// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.TcpLink;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A prepared {@code SELECT 1} against a real server: directly, through the least that a relay can be, through a link that nobody
 * is armed on, and through one with a scope without rules; and the same through links that carry the wire seam. For {@link
 * SideBySide}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class LinkRoundTrip {

    static final List<String> WAYS = List.of("direct", "bareRelay", "idle", "armed", "wire", "wireArmed");

    private final Turns turns = new Turns(WAYS);
    private final Map<String, PreparedStatement> selects = new HashMap<>();
    private BenchmarkServer server;
    private BareRelay bareRelay;
    private TcpLink idle;
    private TcpLink armed;
    private TcpLink wire;
    private WireMount mount;
    private ChaosScope scope;
    private WireLink wireArmed;
    private PreparedStatement select;

    @Setup
    public void connect() throws SQLException, IOException {
        server = new BenchmarkServer();
        bareRelay = server.bareRelay();
        idle = server.link();
        armed = server.link();
        armed.mount().arm(new Round("round trip", Plan.of(new Seed(1)), TimeSource.system()));
        mount = WireMount.twinOf("round-trip");
        wire = server.link(mount);
        scope = ChaosScope.open("round trip", Plan.of(new Seed(1)));
        wireArmed = server.wireLink(scope);
        selects.put("direct", prepare(server.unlinked()));
        selects.put("bareRelay", prepare(server.through(bareRelay.address())));
        selects.put("idle", prepare(server.through(idle)));
        selects.put("armed", prepare(server.through(armed)));
        selects.put("wire", prepare(server.through(wire)));
        selects.put("wireArmed", prepare(server.through(wireArmed.link())));
    }

    private static PreparedStatement prepare(PGSimpleDataSource source) throws SQLException {
        Connection connection = source.getConnection();
        return connection.prepareStatement("SELECT 1");
    }

    @Setup(Level.Iteration)
    public void nextWay() {
        select = selects.get(turns.next());
    }

    @Benchmark
    public int select() throws SQLException {
        try (ResultSet one = select.executeQuery()) {
            one.next();
            return one.getInt(1);
        }
    }

    @TearDown
    public void close() throws SQLException, IOException {
        List<Integer> carried = Stream.of(idle, armed, wire, wireArmed.link())
                .map(TcpLink::connections)
                .toList();
        if (!carried.equals(List.of(1, 1, 1, 1))) { // what is fast because it goes elsewhere does not count
            throw new SQLException("Each link must carry one connection, but they carry " + carried + ".");
        }
        for (PreparedStatement each : selects.values()) {
            each.getConnection().close();
        }
        bareRelay.close();
        idle.close();
        armed.close();
        wire.close();
        mount.close();
        scope.close();
        server.close();
    }
}
