// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** Whether so many connections can be open at once. */
public final class Capacity {

    /** Counted for each database, since others' sessions are not shown to everyone; a background worker may be among them. */
    private static final String SLOTS = """
            SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                   - coalesce(current_setting('reserved_connections', true)::int, 0),
                   (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database)""";

    private Capacity() {}

    /**
     * Refuses a number that a pool never has.
     *
     * @throws ChaosException with both numbers
     */
    public static void requirePool(DataSource source, int wanted) throws SQLException {
        OptionalInt max = HikariPresence.isPresent() ? HikariSource.max(source) : OptionalInt.empty();
        if (max.isPresent() && max.getAsInt() < wanted) {
            throw new ChaosException("A group of " + Amount.of(wanted, "connection") + " must fit into its pool, but "
                    + source + " has at most " + max.getAsInt() + ". Make the group smaller or the pool bigger.");
        }
    }

    /**
     * Refuses a number that the server does not have free.
     *
     * @param first one of them, open already
     * @throws ChaosException with the numbers
     */
    public static void requireServer(Connection first, int wanted) throws SQLException {
        if (wanted == 1) {
            return;
        }
        Slots slots = slots(first);
        if (wanted - 1 > slots.all - slots.used) {
            throw new ChaosException(
                    "A group of " + Amount.of(wanted, "connection") + " must fit into the server, but of its "
                            + slots.all + " connections " + (slots.used - 1)
                            + " are used by others. Make the group smaller, or raise max_connections.");
        }
    }

    /** How many connections the server has free for everybody, that one included. */
    static int free(Connection connection) throws SQLException {
        Slots slots = slots(connection);
        return slots.all - slots.used + 1;
    }

    private static Slots slots(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SLOTS)) {
            row.next();
            Slots slots = new Slots(row.getInt(1), row.getInt(2));
            endTransaction(connection);
            return slots;
        }
    }

    private record Slots(int all, int used) {}

    /** Asking must not leave a transaction open, and its snapshot with it. */
    private static void endTransaction(Connection first) throws SQLException {
        if (!first.getAutoCommit()) {
            first.rollback();
        }
    }
}
