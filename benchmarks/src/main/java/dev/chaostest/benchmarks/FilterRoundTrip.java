// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.ChaosSocketFactory;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
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

/**
 * One round trip of a server-prepared {@code SELECT 1}, as pgjdbc makes it, over a socket whose other end is memory:
 * without the seam; with it idle; armed without rules; with a rule about another statement. What it takes longer than with
 * {@code plain} is what the seam costs. For {@link SideBySide}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class FilterRoundTrip {

    static final List<String> WAYS = List.of("plain", "idle", "armed", "ruleElsewhere");

    private final Turns turns = new Turns(WAYS);
    private final Map<String, Line> lines = new HashMap<>();
    private Line line;

    @Setup
    public void connect() throws IOException {
        MemoryPeer.behindAllSockets();
        for (String way : WAYS) {
            lines.put(way, new Line(way));
        }
    }

    @Setup(Level.Iteration)
    public void nextWay() {
        line = lines.get(turns.next());
    }

    @Benchmark
    public int roundTrip() throws IOException {
        return line.say(Conversation.SELECT);
    }

    @TearDown
    public void close() throws IOException {
        for (Line each : lines.values()) {
            each.close();
        }
    }

    /** One connection. */
    private static final class Line {
        private final byte[] received = new byte[8192];
        private final WireMount mount = WireMount.twinOf("round-trip");
        private final Round round;
        private final boolean armed;
        private final Mount.Arming arming;
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Line(String way) throws IOException {
            socket = way.equals("plain") ? new Socket() : new ChaosSocketFactory(mount.properties()).createSocket();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432));
            in = socket.getInputStream();
            out = socket.getOutputStream();
            Rule elsewhere = Rule.of(SqlTarget.on("UPDATE account"), Trigger.always(), Delay.of(Duration.ofSeconds(1)));
            Plan plan = way.equals("ruleElsewhere") ? Plan.of(new Seed(1), elsewhere) : Plan.of(new Seed(1));
            round = new Round("round trip", plan, TimeSource.system());
            armed = way.equals("armed") || way.equals("ruleElsewhere");
            arming = armed ? mount.mount().arm(round) : () -> {};
            say(Conversation.CONNECT);
            say(Conversation.PREPARE);
        }

        int say(Conversation what) throws IOException {
            out.write(what.request(), 0, what.request().length);
            int length = in.read(received, 0, received.length);
            if (length != what.answer().length) {
                throw new IOException(what + " must be answered at once, but " + length + " bytes came.");
            }
            return length;
        }

        /** What is fast because it sees nothing does not count. */
        void close() throws IOException {
            long before = seen();
            say(Conversation.SELECT);
            long arrivals = seen() - before;
            if (arrivals != (armed ? 1 : 0)) {
                throw new IOException("A round trip must be one arrival where a round is armed, but was " + arrivals
                        + " where armed is " + armed + ".");
            }
            arming.close();
            socket.close();
            mount.close();
        }

        private long seen() {
            return round.decisions().seen().getOrDefault(new Site("sql", "SELECT ?"), 0L);
        }
    }
}
