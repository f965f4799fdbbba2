// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Changes a role or a database so that it refuses new sessions, and changes it back.
 *
 * @param admin in a database that is not the one to be changed
 * @param what the role or the database, for messages
 * @param read answers the value now
 * @param name the parameter of that question
 * @param change the statement up to the value: {@code ALTER ROLE "app" CONNECTION LIMIT }
 * @param value what refuses
 * @param tried a session that must be refused
 * @param state how it must be refused
 */
public record Refusal(
        Admin admin, String what, String read, String name, String change, String value, Attempt tried, String state)
        implements Act {

    /** Opens a session that is closed at once. */
    @FunctionalInterface
    public interface Attempt {
        Connection connect() throws SQLException;
    }

    /** Looks that there is such a thing. */
    public Refusal require() {
        try {
            if (admin.values(read, name).isEmpty()) {
                throw new ChaosException(
                        "The server on port " + admin.server().port() + " must have the " + what
                                + ", but it has none with this name. Create it first, and write its name as the catalog has it.");
            }
            return this;
        } catch (SQLException e) {
            throw new ChaosException(
                    "The server on port " + admin.server().port() + " must say how the " + what
                            + " is, but it answered " + e.getSQLState() + ". See the cause.",
                    e);
        }
    }

    @Override
    public Undo strike() throws SQLException {
        List<String> before = admin.values(read, name);
        admin.run(change + value);
        String seen = seen();
        if (!seen.equals(state)) {
            admin.run(change + before.get(0));
            throw new ChaosException("A session of the " + what + " must be refused with " + state + ", but " + seen
                    + " came back. Superusers are exempt from limits.");
        }
        return () -> restore(before);
    }

    private String restore(List<String> before) throws SQLException {
        if (admin.server().isClosed()) {
            return "the server is closed";
        }
        if (admin.values(read, name).isEmpty()) {
            return "the " + what + " was dropped";
        }
        admin.run(change + before.get(0));
        List<String> now = admin.values(read, name);
        if (!now.equals(before)) {
            throw new ChaosException("The " + what + " must be as it was, " + before + ", but is " + now
                    + ". Don't change it while the fault is active.");
        }
        return "the " + what + " is as it was: " + now;
    }

    private String seen() {
        try (Connection taken = tried.connect()) {
            return taken.isValid(1) ? "a session" : "nothing";
        } catch (SQLException refused) {
            return String.valueOf(refused.getSQLState());
        }
    }
}
