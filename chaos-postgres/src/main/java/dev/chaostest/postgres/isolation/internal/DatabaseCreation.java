// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Copies a database for one test from its template.
 *
 * @param template what it is copied from
 * @param names the names to try
 */
public record DatabaseCreation(Template template, Supplier<DatabaseName> names) {

    /** Duplicate database; or, when two make it in the same moment, a duplicate key of the catalogue. */
    private static final Set<String> TAKEN = Set.of("42P04", "23505");

    /** A sweep of another run dropped the template since it was found. */
    private static final String GONE = "3D000";

    /** Processes of one run, each counting from 1, may meet within a second. */
    private static final int ATTEMPTS_MAX = 50;

    /**
     * Makes it.
     *
     * @return its name
     * @throws ChaosException if the role may not make databases, or if a script fails; nothing is left then
     */
    public DatabaseName run(Connection connection) throws SQLException {
        DatabaseName[] made = new DatabaseName[1];
        try {
            Transaction.inAutocommit(connection, () -> made[0] = copied(connection));
        } catch (SQLException e) {
            throw explained(connection, e);
        }
        return made[0];
    }

    private DatabaseName copied(Connection connection) throws SQLException {
        Copying copying = Copying.of(connection);
        for (int attempt = 1; ; attempt++) {
            DatabaseName from = template.ensure(connection);
            DatabaseName name = Encodable.require(connection, names.get());
            try {
                copying.copy(connection, from, name);
                return name;
            } catch (SQLException e) {
                boolean isWorthAnother = TAKEN.contains(e.getSQLState()) || GONE.equals(e.getSQLState());
                if (!isWorthAnother || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** The role is named as ALTER ROLE takes it. */
    private static SQLException explained(Connection connection, SQLException e) throws SQLException {
        if (!DatabaseDrop.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return e;
        }
        String role = connection.getMetaData().getUserName();
        throw new ChaosException(
                "Role \"" + role + "\" must be allowed to create databases, but is not (SQLSTATE 42501). Run as a"
                        + " superuser: ALTER ROLE " + SchemaName.quote(role) + " CREATEDB; or isolate tests by schemas,"
                        + " with @IsolatedSchema.",
                e);
    }
}
