// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.lock.internal.SqlName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Whether sessions wait and what they hold, as the server says. */
record LockChecks(LockProbe probe, Duration within) {

    List<Integer> awaitBlocked(Sessions sessions) {
        try {
            return probe.await(() -> probe.blocked(sessions.pids()), pids -> !pids.isEmpty(), Deadline.in(within))
                    .orElseThrow(() -> failed(
                            sessions,
                            sessions + " must wait for another session within " + Durations.print(within)
                                    + ", but does not. Have it ask for a lock that another one holds."));
        } catch (SQLException e) {
            throw unanswered(e);
        }
    }

    void assertBlocked(Sessions sessions) {
        if (blocked(sessions).isEmpty()) {
            throw failed(
                    sessions,
                    sessions + " must wait for another session, but does not."
                            + " Use awaitBlocked where it may not have come to it yet.");
        }
    }

    void assertNotBlocked(Sessions sessions) {
        List<Integer> blocked = blocked(sessions);
        if (!blocked.isEmpty()) {
            throw failed(sessions, sessions + " must wait for nobody, but " + pids(blocked) + " does.");
        }
    }

    void assertHolds(Sessions sessions, TableLockMode mode, String table) {
        SqlName name = SqlName.ofTable(table);
        try {
            if (probe.holders(sessions.pids(), mode.serverName(), name).isEmpty()) {
                throw failed(
                        sessions,
                        sessions + " must hold table " + table + " in mode " + mode + ", but holds " + held(sessions)
                                + ".");
            }
        } catch (SQLException e) {
            throw unanswered(e);
        }
    }

    private String held(Sessions sessions) throws SQLException {
        List<Integer> pids = sessions.pids();
        List<String> locks = probe.state().locks().stream()
                .filter(lock -> pids.contains(lock.pid()) && lock.granted())
                .map(lock -> lock.target() + " in " + lock.mode())
                .toList();
        return locks.isEmpty() ? "nothing" : String.join("; ", locks);
    }

    private List<Integer> blocked(Sessions sessions) {
        try {
            return probe.blocked(sessions.pids());
        } catch (SQLException e) {
            throw unanswered(e);
        }
    }

    private AssertionError failed(Sessions sessions, String sentence) {
        return new AssertionError(sentence + "\n  " + String.join("\n  ", probe.describe(Set.copyOf(sessions.pids()))));
    }

    private static String pids(List<Integer> pids) {
        return "pid " + String.join(", pid ", pids.stream().map(String::valueOf).toList());
    }

    static ChaosException unanswered(SQLException e) {
        return new ChaosException(
                "The server must say who waits for whom, but answered " + e.getSQLState()
                        + ". Check that it runs and that one more connection is possible; see the cause.",
                e);
    }
}
