// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.mount.Strike;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.pool.NoConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One hit that something strikes, until the last of it is reported. Used by one thread: the caller's. */
final class Acquire {

    private static final Logger LOG = LoggerFactory.getLogger(Acquire.class);
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Gate gate;
    private final Backing backing;
    private final Strike strike;
    private final Optional<Blow> failure;
    private final Optional<Duration> timeout;
    private final List<Blow> unanswered;
    private final long began = System.nanoTime();

    Acquire(Gate gate, Backing backing, Strike strike) {
        this.gate = gate;
        this.backing = backing;
        this.strike = strike;
        this.failure = strike.first(NoConnection.class);
        this.timeout = backing.timeout();
        this.unanswered = new ArrayList<>(strike.blows());
    }

    /** The connection, late or not at all. */
    Connection run() throws SQLException {
        List<Blow> before = delays(When.BEFORE);
        for (Blow delay : before) {
            waitBefore(delay);
        }
        if (failure.isPresent()) {
            failure(failure.get());
        }
        Connection connection = real(!before.isEmpty() || failure.isPresent());
        for (Blow delay : delays(When.AFTER)) {
            waitAfter(delay, connection);
        }
        return connection;
    }

    private void waitBefore(Blow blow) throws SQLException {
        Duration length = length(blow);
        Duration left = left();
        Pause.End end = pause(blow, length.compareTo(left) < 0 ? length : left);
        if (end == Pause.End.DUE && length.compareTo(left) >= 0) {
            timedOut(blow, length);
        } else {
            answer(blow, print(end, length));
            requireOpen(end);
        }
    }

    /** The pool's own time-out comes first; where it is to fail anyway, that says how. */
    private void timedOut(Blow blow, Duration length) throws SQLException {
        String after = timeout.map(Durations::print).orElse("");
        answer(blow, "timed out after " + after + ", before " + Durations.print(length) + " were over (forged)");
        if (failure.isEmpty()) {
            missed("timed out");
            throw backing.timedOut(elapsed(), Optional.empty());
        }
    }

    /** Returns only if the round ends first. */
    private void failure(Blow blow) throws SQLException {
        NoConnection fault = (NoConnection) blow.fault();
        Pause.End end = fault.waits() ? pause(blow, left()) : Pause.End.DUE;
        if (end == Pause.End.DUE) {
            Duration waited = fault.waits() ? elapsed() : timeout.orElse(elapsed());
            SQLException timedOut = backing.timedOut(waited, fault.connecting());
            answer(blow, fault.mustComeBack().orElse(""));
            missed("no connection");
            throw timedOut;
        }
        answer(blow, print(end, timeout.orElse(FOREVER)));
        requireOpen(end);
    }

    private Connection real(boolean late) throws SQLException {
        try {
            return late && timeout.isPresent() ? backing.acquire(left()) : backing.acquire();
        } catch (SQLException | RuntimeException e) {
            missed(e instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "an error");
            throw e;
        }
    }

    private void waitAfter(Blow blow, Connection connection) throws SQLException {
        Duration length = length(blow);
        try {
            answer(blow, print(pause(blow, length), length));
        } catch (SQLException interrupted) {
            giveBack(connection);
            throw interrupted;
        }
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be given back after an interrupt", e);
        }
    }

    private Pause.End pause(Blow blow, Duration length) throws SQLException {
        try (Pause pause = gate.pause(blow.round())) {
            return pause.await(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer(blow, "interrupted");
            missed("interrupted");
            throw backing.interrupted(e);
        }
    }

    private void requireOpen(Pause.End end) throws SQLException {
        if (end == Pause.End.CLOSED) {
            missed("the pool was closed");
            throw backing.closed();
        }
    }

    private void answer(Blow blow, String came) {
        unanswered.remove(blow);
        blow.answered(came);
    }

    /** The call ends here: what was to come later does not come. */
    private void missed(String why) {
        List.copyOf(unanswered).forEach(blow -> answer(blow, "none: " + why));
    }

    private Duration left() {
        Duration left = timeout.orElse(FOREVER).minus(elapsed());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static Duration length(Blow blow) {
        return ((Delay) blow.fault()).length(blow.draw());
    }

    private static String print(Pause.End end, Duration length) {
        return switch (end) {
            case DUE -> "after " + Durations.print(length);
            case RELEASED -> "before " + Durations.print(length) + " were over, the round ended";
            case CLOSED -> "before " + Durations.print(length) + " were over, the pool was closed";
        };
    }

    private List<Blow> delays(When when) {
        return strike.all(Delay.class).stream()
                .filter(blow -> blow.fault().strikes() == when)
                .toList();
    }
}
