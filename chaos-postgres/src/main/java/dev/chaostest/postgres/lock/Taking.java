// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.lock.internal.LockSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/**
 * Takes one lock in a session of ours, within a deadline.
 *
 * @param within how long others may be waited for
 */
record Taking(LockSession session, LockRequest request, LockProbe probe, Duration within) {

    /** The server gives up by itself where nobody is left to do so. */
    private static final Duration FENCE = Duration.ofSeconds(5);

    /**
     * Takes it.
     *
     * @throws ChaosException if somebody else holds it for longer, naming who; if it can't be taken; if the caller
     *     is interrupted. The session must be closed then
     */
    void run() {
        List<String> missing = await(session.start(this::take));
        if (!missing.isEmpty()) {
            throw new ChaosException("The server must show that " + request + " is held, but shows "
                    + String.join(", ", missing) + ". Ask for one that is taken.");
        }
    }

    /**
     * Waits for what takes it in this session.
     *
     * @throws ChaosException as {@link #run}
     */
    <T> T await(Future<T> taking) {
        try {
            return LockSession.await(taking, Deadline.in(within));
        } catch (TimeoutException late) {
            return awaitLate(taking);
        } catch (SQLException e) {
            throw Refusals.refused(request, e);
        } catch (InterruptedException e) {
            throw Refusals.interrupted(request, e);
        }
    }

    /** On a slow machine the question may not even have come to the server: only who is blocked is refused. */
    private <T> T awaitLate(Future<T> taking) {
        try {
            List<Integer> pid = List.of(session.pid());
            probe.await(() -> taking.isDone() || !probe.blocked(pid).isEmpty(), done -> done, Deadline.in(FENCE));
            if (!taking.isDone()) {
                throw Refusals.held(request, within, probe, session.pid());
            }
            return LockSession.await(taking, Deadline.in(within));
        } catch (TimeoutException late) { // it was done a moment ago
            throw new IllegalStateException(late);
        } catch (SQLException e) {
            throw Refusals.refused(request, e);
        } catch (InterruptedException e) {
            throw Refusals.interrupted(request, e);
        }
    }

    private List<String> take(Connection connection) throws SQLException {
        session.begin(settings());
        String mode = request.transactionMode();
        if (!mode.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(mode);
            }
        }
        request.take(connection);
        return request.missing(connection);
    }

    /** A lock is held until it is let go of, whatever the role's defaults are. */
    private Map<String, Long> settings() {
        Map<String, Long> settings = new LinkedHashMap<>();
        settings.put("lock_timeout", within.plus(FENCE).toMillis());
        settings.put("statement_timeout", within.plus(FENCE).toMillis());
        settings.put("idle_in_transaction_session_timeout", 0L);
        if (session.majorVersion() >= 17) {
            settings.put("transaction_timeout", 0L);
        }
        return settings;
    }
}
