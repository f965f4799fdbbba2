// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.ledger.Reportable;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.TimeSource;
import dev.chaostest.watch.PeriodicMonitor;
import dev.chaostest.watch.Sample;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a PostgreSQL again and again in the background, and keeps what it saw as a timeline.
 *
 * <p>Each turn takes a {@link Pulse}: one cheap query. When somebody waits and did not in the turn before, or for somebody else,
 * it takes the whole {@link ServerState}, too. It has a connection of its own, called {@code chaostest monitor}. When the server
 * dies, the turns that fail are in the timeline as what they threw; it connects anew with the next turn.
 *
 * <p>Keeps the last 10,000 pulses and the last 20 states. A scope that owns it has its timeline in the report of a red test. A
 * turn that is late is left out.
 *
 * <pre>{@code
 * MonitorRecorder recorder = scope.own("the recorder",
 *         MonitorRecorder.start(bank, Duration.ofMillis(20), scope.time()));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class MonitorRecorder implements AutoCloseable, Reportable {

    private static final String APPLICATION = "chaostest monitor";
    private static final int STATES_MAX = 20;

    private final DataSource source;
    private final Deque<ServerState> states = new ArrayDeque<>();
    private List<Blocking> before = List.of();
    private @Nullable Connection connection;
    private boolean closed;
    private @Nullable PeriodicMonitor<Pulse> monitor;

    private MonitorRecorder(DataSource source) {
        this.source = source;
    }

    /**
     * Starts one.
     *
     * @param source one that answers soon or not at all, and that meets no fault; not a pool that the test exhausts
     * @param every from one turn to the next, positive
     * @param time the scope's, most often
     */
    public static MonitorRecorder start(DataSource source, Duration every, TimeSource time) {
        MonitorRecorder recorder = new MonitorRecorder(source);
        recorder.begin(every, time);
        return recorder;
    }

    private synchronized void begin(Duration every, TimeSource time) {
        monitor = PeriodicMonitor.start("PostgreSQL", this::look, every, time);
    }

    private Pulse look() throws SQLException {
        try {
            Connection own = connected();
            Pulse pulse = Pulse.read(own);
            if (pulse.isWaiting() && !pulse.waits().equals(before)) {
                keep(ServerState.read(own));
            }
            before = pulse.waits();
            return pulse;
        } catch (SQLException e) {
            disconnect();
            throw e;
        }
    }

    /** Opened outside of the lock: a server that does not answer must not hang who closes this. */
    private Connection connected() throws SQLException {
        Connection now = current();
        if (now != null) {
            return now;
        }
        Connection opened = source.getConnection();
        opened.setAutoCommit(true);
        opened.setClientInfo("ApplicationName", APPLICATION);
        if (!isTaken(opened)) {
            opened.close();
            throw closed();
        }
        return opened;
    }

    /** Who closes this ends the connection; no other is opened for the turn that runs then. */
    private synchronized @Nullable Connection current() throws SQLException {
        if (closed) {
            throw closed();
        }
        return connection;
    }

    private static SQLException closed() {
        return new SQLException("The recorder is closed.", "08003");
    }

    private synchronized boolean isTaken(Connection opened) {
        if (!closed) {
            connection = opened;
        }
        return !closed;
    }

    private synchronized void keep(ServerState state) {
        states.addLast(state);
        if (states.size() > STATES_MAX) {
            states.removeFirst();
        }
    }

    private synchronized void disconnect() throws SQLException {
        Connection last = connection;
        connection = null;
        if (last != null) {
            last.abort(Runnable::run);
        }
    }

    private synchronized PeriodicMonitor<Pulse> monitor() {
        PeriodicMonitor<Pulse> started = monitor;
        if (started == null) {
            throw new IllegalStateException("a recorder must be started before it is asked, but was not");
        }
        return started;
    }

    /** What each turn saw or threw, the oldest first. */
    public List<Sample<Pulse>> samples() {
        return monitor().samples();
    }

    /** The states at moments in which others waited than before, the oldest first. */
    public synchronized List<ServerState> states() {
        return List.copyOf(states);
    }

    @Override
    public String title() {
        return "What PostgreSQL did while the test ran";
    }

    /** The pulses, a line for each run of equal ones; and who waited for whom at the last moments that were kept. */
    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>(monitor().lines());
        for (ServerState state : states()) {
            lines.add("");
            lines.add("Who waited for whom at " + state.takenAt().truncatedTo(ChronoUnit.MILLIS));
            state.describeWaits(Set.of()).forEach(line -> lines.add("  " + line));
        }
        return List.copyOf(lines);
    }

    /** Who waited for whom at the last moment that was kept. */
    @Override
    public Optional<String> svg() {
        List<ServerState> kept = states();
        return kept.isEmpty()
                ? Optional.empty()
                : Optional.of(kept.get(kept.size() - 1).waitGraph().svg(Set.of()));
    }

    /**
     * Ends it and its connection. Twice is harmless.
     *
     * @throws ChaosException if its thread does not end
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        try (PeriodicMonitor<Pulse> last = monitor()) {
            disconnect();
        } catch (SQLException e) {
            throw new ChaosException("The recorder's connection could not be ended: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "recorder of " + monitor();
    }
}
