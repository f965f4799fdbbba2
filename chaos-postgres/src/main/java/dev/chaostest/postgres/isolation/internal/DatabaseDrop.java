// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drops a database of ours, with the sessions that are still in it.
 *
 * @param name which one
 */
public record DatabaseDrop(DatabaseName name) {

    static final String OBJECT_IN_USE = "55006";
    static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Enough for a session that was closed; one that a test forgot need not have more. */
    private static final Duration LEAVING = Duration.ofMillis(50);

    /**
     * Drops it; none there is fine. Sessions that are still in it are ended by the server.
     *
     * @throws ChaosException if something keeps it that no end of a session takes away, or if sessions are of a role that
     *     this one must not end; with their names
     */
    public void run(Connection connection) throws SQLException {
        try {
            Transaction.inAutocommit(connection, () -> {
                Occupants.awaitNobody(connection, name, LEAVING);
                Transaction.execute(connection, "DROP DATABASE IF EXISTS " + name.quoted() + " WITH (FORCE)");
            });
        } catch (SQLException e) {
            if (OBJECT_IN_USE.equals(e.getSQLState())) {
                throw occupied(connection, e);
            }
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw forbidden(connection, e);
            }
            throw e;
        }
    }

    /**
     * Looks for what would keep it from being dropped, where the drop itself comes later.
     *
     * @throws ChaosException if there is such a thing
     */
    public void requireDroppable(Connection connection) throws SQLException {
        Transaction.inAutocommit(connection, () -> {
            List<String> left = Occupants.left(connection, name);
            if (!left.isEmpty()) {
                throw occupied(left, null);
            }
        });
    }

    private ChaosException occupied(Connection connection, SQLException cause) throws SQLException {
        List<String> left = Occupants.left(connection, name);
        return occupied(left.isEmpty() ? Occupants.sessions(connection, name) : left, cause);
    }

    private ChaosException occupied(List<String> left, @Nullable SQLException cause) {
        return new ChaosException(
                "Database \"" + name
                        + "\" must be left empty-handed by its test, but something in it keeps it from being"
                        + " dropped. End it in the test, then close the database again."
                        + (left.isEmpty() ? "\n  left   : nothing any more" : "\n  left   : ")
                        + String.join("\n  left   : ", left),
                cause);
    }

    private ChaosException forbidden(Connection connection, SQLException cause) throws SQLException {
        String role = connection.getMetaData().getUserName();
        return new ChaosException(
                "Role \"" + role + "\" must be allowed to end the sessions in database \"" + name
                        + "\" to drop it, but is not (SQLSTATE 42501). Close them in the test, or run as a superuser: "
                        + "GRANT pg_signal_backend TO " + SchemaName.quote(role) + ";\n  session: "
                        + String.join("\n  session: ", Occupants.sessions(connection, name)),
                cause);
    }
}
