// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import com.p6spy.engine.spy.P6DataSource;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
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
 * A prepared {@code SELECT 1} against a real server: by pgjdbc alone, with the idle seam, inside datasource-proxy without
 * listeners, and inside p6spy without logging. For {@link SideBySide}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 25, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class EndToEnd {

    static final List<String> WAYS = List.of("plain", "seam", "datasourceProxy", "p6spy");

    private final Turns turns = new Turns(WAYS);
    private final Map<String, PreparedStatement> selects = new HashMap<>();
    private BenchmarkServer server;
    private WireMount mount;
    private PreparedStatement select;

    @Setup
    public void connect() throws SQLException {
        server = new BenchmarkServer();
        mount = WireMount.twinOf("end-to-end");
        for (String way : WAYS) {
            Connection connection = dataSource(way).getConnection();
            selects.put(way, connection.prepareStatement("SELECT 1"));
        }
    }

    private DataSource dataSource(String way) {
        DriverSettings settings = server.settings();
        return switch (way) {
            case "seam" -> BenchmarkServer.through(mount, settings).unpooled();
            case "datasourceProxy" ->
                ProxyDataSourceBuilder.create(settings.unpooled()).build();
            case "p6spy" -> new P6DataSource(settings.unpooled());
            default -> settings.unpooled();
        };
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
    public void close() throws SQLException {
        for (PreparedStatement each : selects.values()) {
            each.getConnection().close();
        }
        mount.close();
        server.close();
    }
}
