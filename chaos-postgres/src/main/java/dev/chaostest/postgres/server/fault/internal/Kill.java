// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import java.sql.Connection;
import java.sql.SQLException;

/** Kills one backend, and with it every session: the server must assume that it broke the shared memory. */
public record Kill(Session session, Recovery recovery) implements Act {

    @Override
    public Undo strike() throws SQLException {
        // A connect may still succeed a moment after the kill; that a session which was there ends is the proof.
        try (Connection bystander = Admin.of(session.server()).connect()) {
            session.server().signal("KILL", session.pid());
            Until.yes(
                    "Every session must end with backend " + session.pid(),
                    "Check that restart_after_crash and the postmaster are as they were.",
                    () -> hasEnded(bystander));
        }
        return recovery::await;
    }

    private static boolean hasEnded(Connection session) {
        try {
            return Admin.values(session, "SELECT 1").isEmpty();
        } catch (SQLException ended) {
            return true;
        }
    }
}
