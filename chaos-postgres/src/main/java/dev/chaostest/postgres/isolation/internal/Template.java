// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The database that test databases with the same scripts are copied from; built by whoever needs it first.
 *
 * <p>An advisory lock has threads and processes take turns, so it is built once. Who is killed while building loses the lock;
 * the next one drops what is left and builds anew.
 *
 * @param admin hands out connections whose role may create databases
 * @param scripts what is in it
 * @param clock what dates it
 */
public record Template(DataSource admin, List<Script> scripts, InstantSource clock) {

    /** The first half of the advisory lock's key, "chtp". */
    private static final int LOCK_CLASS = 0x63687470;

    /** Somebody else's build may have a lot to load. */
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(10);

    private static final Duration LEAVING = Duration.ofSeconds(10);

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String FIND = """
            SELECT datname FROM pg_catalog.pg_database
            WHERE starts_with(datname::text, ?) AND datconnlimit = ? ORDER BY datname DESC
            """;

    public Template {
        scripts = List.copyOf(scripts);
    }

    /**
     * Finds it, or builds it.
     *
     * @throws ChaosException if a script fails, the role may not create databases, or somebody else builds for too long;
     *     nothing is left then
     */
    DatabaseName ensure(Connection connection) throws SQLException {
        TemplateName name = TemplateName.of(connection, scripts);
        Optional<DatabaseName> complete = complete(connection, name);
        if (complete.isPresent()) {
            return complete.get();
        }
        lock(connection, name);
        try {
            Optional<DatabaseName> meanwhile = complete(connection, name);
            return meanwhile.isPresent() ? meanwhile.get() : build(connection, name);
        } finally {
            unlock(connection, name);
        }
    }

    private static Optional<DatabaseName> complete(Connection connection, TemplateName name) throws SQLException {
        return found(connection, name.completeStart()).stream().findFirst();
    }

    private static List<DatabaseName> found(Connection connection, String start) throws SQLException {
        List<DatabaseName> names = new ArrayList<>();
        try (PreparedStatement find = connection.prepareStatement(FIND)) {
            find.setString(1, start);
            find.setInt(2, Mark.OURS);
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    names.add(new DatabaseName(rows.getString(1)));
                }
            }
        }
        return names;
    }

    /** The lock is the session's, the time to wait for it the transaction's. */
    private static void lock(Connection connection, TemplateName name) throws SQLException {
        try {
            Transaction.atOnce(
                    connection,
                    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = " + BUILD_TIMEOUT.toMillis()
                            + "; SELECT pg_catalog.pg_advisory_lock(" + LOCK_CLASS + ", " + name.lockKey() + ")");
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            throw new ChaosException(
                    "A template of test databases must be built within " + BUILD_TIMEOUT.toMinutes()
                            + " minutes, but another session still builds it (advisory lock " + LOCK_CLASS + ", "
                            + name.lockKey() + "). Look in pg_locks who holds it, and end that session.",
                    e);
        }
    }

    private static void unlock(Connection connection, TemplateName name) throws SQLException {
        if (!connection.isClosed()) {
            Transaction.execute(
                    connection, "SELECT pg_catalog.pg_advisory_unlock(" + LOCK_CLASS + ", " + name.lockKey() + ")");
        }
    }

    private DatabaseName build(Connection connection, TemplateName name) throws SQLException {
        for (DatabaseName abandoned : found(connection, name.buildingStart())) {
            new DatabaseDrop(abandoned).run(connection);
        }
        Instant now = clock.instant();
        DatabaseName building = name.building(now);
        // template0: nobody can be in it, and nobody has put anything into it
        Copying.of(connection).copy(connection, new DatabaseName("template0"), building);
        try {
            fill(building);
            return complete(connection, building);
        } catch (SQLException | RuntimeException e) {
            undo(connection, building, e);
            throw e;
        }
    }

    private void fill(DatabaseName building) throws SQLException {
        try (Connection inside = Twin.unpooled(
                        admin, Map.of("PGDBNAME", building.text(), "ApplicationName", "chaostest template"))
                .getConnection()) {
            for (Script script : scripts) {
                ScriptRunner.run(inside, script);
            }
        }
    }

    /** Nobody is let in from now on: a copy would have to wait for them. */
    private static DatabaseName complete(Connection connection, DatabaseName building) throws SQLException {
        Transaction.execute(connection, "ALTER DATABASE " + building.quoted() + " ALLOW_CONNECTIONS false");
        if (!Occupants.awaitNobody(connection, building, LEAVING)) {
            throw new ChaosException(
                    "A template of test databases must be left by all sessions, but some are still in \""
                            + building + "\". Have the scripts start none.\n  session: "
                            + String.join("\n  session: ", Occupants.sessions(connection, building)));
        }
        DatabaseName complete = TemplateName.complete(building);
        Transaction.execute(connection, "ALTER DATABASE " + building.quoted() + " RENAME TO " + complete.quoted());
        return complete;
    }

    private static void undo(Connection connection, DatabaseName building, Exception first) {
        try {
            new DatabaseDrop(building).run(connection);
        } catch (SQLException | ChaosException e) {
            first.addSuppressed(e);
        }
    }
}
