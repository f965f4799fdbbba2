// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Takes every connection that a server has left, those for superusers too. */
public record Crowd(Admin admin, Recovery recovery) implements Act {
    private static final int CONNECTIONS_MAX = 1000;
    private static final String TOO_MANY_CONNECTIONS = "53300";

    /** Refuses a server that would take too long to fill. */
    public Crowd require() {
        try {
            int most = Integer.parseInt(admin.values("SHOW max_connections").get(0));
            if (most > CONNECTIONS_MAX) {
                throw new ChaosException("The server on port " + admin.server().port() + " must have at most "
                        + CONNECTIONS_MAX + " connections to be filled, but max_connections is " + most
                        + ". Start it with fewer: ServerOptions.withSetting(\"max_connections\", \"20\").");
            }
            return this;
        } catch (SQLException e) {
            throw new ChaosException(
                    "The server on port " + admin.server().port()
                            + " must say how many connections it takes, but it answered " + e.getSQLState()
                            + ". Heal what keeps it from taking connections first.",
                    e);
        }
    }

    @Override
    public Undo strike() throws SQLException {
        Deque<Connection> taken = new ArrayDeque<>();
        try {
            while (taken.size() <= CONNECTIONS_MAX) {
                taken.push(admin.connect());
            }
            end(taken);
            throw new ChaosException("The server on port " + admin.server().port()
                    + " must refuse connections some time, but took " + CONNECTIONS_MAX + ". Look at max_connections.");
        } catch (SQLException refused) {
            if (!TOO_MANY_CONNECTIONS.equals(refused.getSQLState())) {
                end(taken);
                throw refused;
            }
        }
        return () -> {
            int count = taken.size();
            end(taken);
            return "closed " + Amount.of(count, "connection") + ", " + recovery.await();
        };
    }

    private static void end(Deque<Connection> taken) {
        while (!taken.isEmpty()) {
            try (Connection next = taken.pop()) {
                next.clearWarnings();
            } catch (SQLException alreadyGone) {
                // After a crash, say; then it holds no place.
            }
        }
    }
}
