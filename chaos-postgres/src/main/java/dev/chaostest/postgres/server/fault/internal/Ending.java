// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.SQLException;
import java.util.List;

/** Asks the server to end a session, or what it does. There is nothing to undo. */
public enum Ending implements SessionAct {
    /** The session. */
    TERMINATE {
        @Override
        public void require(Session session) {
            session.require();
            if (session.process().isFrozen()) {
                throw new ChaosException("Backend " + session.pid()
                        + " must run to be terminated, but it is frozen. Thaw it first, or kill it.");
            }
        }

        @Override
        public String strike(Session session) throws SQLException {
            ask(session, "pg_terminate_backend");
            Until.yes("Backend " + session.pid() + " must end", "See what it waits for.", () -> !session.isThere());
            return "it is gone";
        }
    },

    /** The statement that it runs. */
    CANCEL {
        @Override
        public void require(Session session) {
            session.require();
            String state = running(session);
            if (!state.startsWith("active")) {
                throw new ChaosException(
                        "Backend " + session.pid() + " must run a statement to be cancelled, but it is "
                                + state.replaceFirst(" since .*", "")
                                + ". Wait until its statement runs: ask pg_stat_activity, or who waits for whom.");
            }
        }

        @Override
        public String strike(Session session) throws SQLException {
            List<String> before = session.activity();
            ask(session, "pg_cancel_backend");
            Until.yes(
                    "The statement of backend " + session.pid() + " must end",
                    "See what it waits for.",
                    () -> !session.activity().equals(before));
            return "its statement has ended";
        }
    };

    private static String running(Session session) {
        try {
            return session.activity().stream().findFirst().orElse("gone");
        } catch (SQLException e) {
            throw new ChaosException(
                    "Backend " + session.pid() + " must be asked what it does, but the server answered "
                            + e.getSQLState() + ". See the cause.",
                    e);
        }
    }

    private static void ask(Session session, String function) throws SQLException {
        Admin.of(session.server()).values("SELECT " + function + "(?)", session.pid());
    }
}
