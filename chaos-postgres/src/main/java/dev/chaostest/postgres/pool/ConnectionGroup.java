// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.internal.Capacity;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Several connections that are open at once, each with a session of its own.
 *
 * <p>They are opened one after the other, and closed in reverse order: what is not committed is rolled back first, and a pool
 * gets its connections back. Of a pool, they are the pool's own: what they take, nobody else has.
 *
 * <p>A group that does not fit is refused before anything else is opened: one that is bigger than its pool, or than what the
 * server has free. For the latter, a query is sent on the first connection.
 *
 * <pre>{@code
 * try (ConnectionGroup group = ConnectionGroup.open(bank, 10)) {
 *     lockAccount(group.get(0), 1);
 *     assertThatThrownBy(() -> lockAccountNoWait(group.get(1), 1)).isInstanceOf(SQLException.class);
 * }
 * }</pre>
 *
 * <p>The list can't be changed. It may be read by many threads; each connection is for one at a time.
 *
 * @since 0.1
 */
public final class ConnectionGroup extends AbstractList<Connection> implements RandomAccess, AutoCloseable {

    /** How many are opened if nobody says. */
    public static final int DEFAULT_SIZE = 10;

    private final List<Connection> connections;

    private ConnectionGroup(List<Connection> connections) {
        this.connections = List.copyOf(connections);
    }

    /**
     * Opens a group.
     *
     * @param source a pool or not
     * @param size at least 1
     * @throws ChaosException if it does not fit, with numbers; or if a connection can't be opened: those before it are closed
     */
    public static ConnectionGroup open(DataSource source, int size) {
        if (size < 1) {
            throw new ChaosException("A group must have at least 1 connection, but was to have " + size + ".");
        }
        List<Connection> opened = new ArrayList<>();
        try {
            Capacity.requirePool(source, size);
            opened.add(source.getConnection());
            Capacity.requireServer(opened.get(0), size);
            while (opened.size() < size) {
                opened.add(source.getConnection());
            }
            return new ConnectionGroup(opened);
        } catch (SQLException e) {
            ChaosException refused = new ChaosException(
                    "A group of " + Amount.of(size, "connection") + " must be opened, but after " + opened.size()
                            + " the database or its pool answered " + e.getSQLState()
                            + ". Make the group smaller, or look at the cause.",
                    e);
            closeAfter(refused, opened);
            throw refused;
        } catch (RuntimeException refused) {
            closeAfter(refused, opened);
            throw refused;
        }
    }

    private static void closeAfter(RuntimeException refused, List<Connection> opened) {
        Throwable failure = close(opened);
        if (failure != null) {
            refused.addSuppressed(failure);
        }
    }

    /**
     * A connection of the group.
     *
     * @param index from 0, in the order of opening
     */
    @Override
    public Connection get(int index) {
        return connections.get(index);
    }

    @Override
    public int size() {
        return connections.size();
    }

    /**
     * Rolls back what is not committed, and closes all. Twice is harmless.
     *
     * @throws ChaosException the first failure, after all were closed; others suppressed
     */
    @Override
    public void close() {
        SQLException failure = close(connections);
        if (failure != null) {
            throw new ChaosException(
                    "A group of " + Amount.of(size(), "connection") + " must close, but one of them answered "
                            + failure.getSQLState() + ". See the cause.",
                    failure);
        }
    }

    private static @Nullable SQLException close(List<Connection> connections) {
        SQLException first = null;
        for (int i = connections.size() - 1; i >= 0; i--) {
            try {
                end(connections.get(i));
            } catch (SQLException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        return first;
    }

    /** What was not committed is not committed by a pool or a driver either. */
    private static void end(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }
}
