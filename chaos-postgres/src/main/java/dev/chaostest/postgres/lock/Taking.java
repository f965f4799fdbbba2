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
        Future<List<String>> taking = session.start(this::take);
        try {
            List<String> missing = LockSession.await(taking, Deadline.in(within));
            if (!missing.isEmpty()) {
                throw new ChaosException("The server must show that " + request + " is held, but shows "
                        + String.join(", ", missing) + ". Ask for one that is taken.");
            }
        } catch (TimeoutException late) {
            throw Refusals.held(request, within, probe, session.pid());
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
