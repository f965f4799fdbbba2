// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes a schema and runs its scripts: in one transaction, unless a script ends it.
 *
 * @param names the names to try
 * @param scripts what to run in it
 * @param includePublic whether scripts see {@code public} too
 * @param dropTimeout how long to wait for locks when a script failed
 */
public record Creation(Supplier<SchemaName> names, List<Script> scripts, boolean includePublic, Duration dropTimeout) {

    /** Says that a schema is ours: a name may look like one of ours by accident. */
    static final String MARK = "Made by chaostest for one test; dropped when it is old.";

    /** Duplicate schema; or, when two make it in the same moment, a duplicate key of the catalogue. */
    private static final Set<String> TAKEN = Set.of("42P06", "23505");

    private static final String SET_PATH = "SELECT set_config('search_path', ?, false)";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Processes of one run, each counting from 1, may meet within a second. */
    private static final int ATTEMPTS_MAX = 50;

    /**
     * Makes it.
     *
     * @return its name
     * @throws ChaosException if the role may not make schemas, or if a script fails; nothing is left then, unless the
     *     script itself committed
     */
    public SchemaName run(Connection connection) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            SchemaName name = Encodable.require(connection, names.get());
            try {
                make(connection, name);
                return name;
            } catch (SQLException e) {
                if (!TAKEN.contains(e.getSQLState()) || attempt == ATTEMPTS_MAX) {
                    throw explained(connection, e);
                }
            }
        }
    }

    private void make(Connection connection, SchemaName name) throws SQLException {
        if (scripts.isEmpty()) {
            Transaction.inAutocommit(connection, () -> Transaction.execute(connection, create(name)));
            return;
        }
        String pathBefore = switchPath(connection, name);
        try {
            Transaction.run(connection, () -> fill(connection, name, pathBefore));
        } catch (SQLException e) {
            restore(connection, pathBefore);
            throw e;
        } catch (ChaosException e) {
            undo(connection, name, pathBefore, e);
            throw e;
        }
    }

    /**
     * Before the transaction and not SET LOCAL: a script that commits, or rolls back, would go on in the schema that was the
     * default before. So it fails with 3F000 where its schema is gone.
     *
     * @return what the path was
     */
    private String switchPath(Connection connection, SchemaName name) throws SQLException {
        String[] before = new String[1];
        Transaction.inAutocommit(connection, () -> {
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(
                        "SELECT current_setting('search_path'); SET search_path TO " + name.searchPath(includePublic));
                try (ResultSet rows = statement.getResultSet()) {
                    rows.next();
                    before[0] = rows.getString(1);
                }
            }
        });
        return before[0];
    }

    private void fill(Connection connection, SchemaName name, String pathBefore) throws SQLException {
        Transaction.execute(connection, create(name));
        for (Script script : scripts) {
            if (!ScriptRunner.run(connection, script)) {
                requireStillThere(connection, name, script);
            }
        }
        commit(connection, pathBefore);
    }

    /** A ROLLBACK at the end of a script takes the schema along, and the tests would only see that tables are missing. */
    private static void requireStillThere(Connection connection, SchemaName name, Script script) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
            query.setString(1, name.text());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new ChaosException(
                            "Script \"" + script.location() + "\" must not roll back, since its schema is "
                                    + "made in the same transaction, but it did. Remove its ROLLBACK.");
                }
            }
        }
    }

    /** In one round trip. A deferred constraint speaks up here; it must not look like a name that is taken. */
    private static void commit(Connection connection, String pathBefore) {
        try (PreparedStatement commit = connection.prepareStatement("COMMIT; " + SET_PATH)) {
            commit.setString(1, pathBefore);
            commit.execute();
        } catch (SQLException e) {
            throw new ChaosException(
                    "Scripts must commit, but the server answered " + e.getSQLState() + ": " + e.getMessage()
                            + ". Look for constraints that are deferred.",
                    e);
        }
    }

    /** The transaction is rolled back already; what is left is what a script committed by itself. */
    private void undo(Connection connection, SchemaName name, String pathBefore, ChaosException first) {
        try {
            restore(connection, pathBefore);
            new Drop(name, dropTimeout).run(connection);
        } catch (SQLException | ChaosException e) {
            first.addSuppressed(e);
        }
    }

    private static String create(SchemaName name) {
        return "CREATE SCHEMA " + name.quoted() + "; COMMENT ON SCHEMA " + name.quoted() + " IS '" + MARK + "'";
    }

    private static void restore(Connection connection, String path) throws SQLException {
        if (connection.isClosed()) {
            return;
        }
        Transaction.inAutocommit(connection, () -> {
            try (PreparedStatement set = connection.prepareStatement(SET_PATH)) {
                set.setString(1, path);
                set.execute();
            }
        });
    }

    /** The role and the database are named as GRANT takes them. */
    private static SQLException explained(Connection connection, SQLException e) throws SQLException {
        if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return e;
        }
        String role = connection.getMetaData().getUserName();
        String database = connection.getCatalog();
        throw new ChaosException(
                "Role \"" + role + "\" must be allowed to create schemas in database \"" + database
                        + "\", but is not (SQLSTATE 42501). Run as the owner of the database: GRANT CREATE ON DATABASE "
                        + SchemaName.quote(database) + " TO " + SchemaName.quote(role) + ";",
                e);
    }
}
