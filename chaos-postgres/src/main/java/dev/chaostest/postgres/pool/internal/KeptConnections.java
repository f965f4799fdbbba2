// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out connections that were used before, for what the library does by itself: connecting takes ten times as long as
 * what is done then.
 *
 * <p>It never waits: where none is kept, it connects. At most {@value #KEPT_MAX} stay open while nobody uses them, and those
 * are as new: no transaction, setting, lock, temporary table or listener of the last user is left. One that died meanwhile
 * (a restart, an idle time-out, a test that terminates backends) is replaced and not noticed.
 *
 * <p>Safe for use by many threads. After {@link #close} it still connects, and keeps nothing.
 */
public final class KeptConnections extends DelegatingSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptConnections.class);
    private static final int KEPT_MAX = 8;
    private static final int VALID_SECONDS = 5;

    /** Has the driver send the application's name and more with the startup packet: what it sets later, DISCARD takes. */
    private static final Map<String, String> IN_STARTUP_PACKET = Map.of("assumeMinServerVersion", "9.0");

    private final DataSource source;
    private final BlockingDeque<Connection> kept = new LinkedBlockingDeque<>(KEPT_MAX);
    private volatile boolean closed;

    /**
     * Keeps none yet.
     *
     * @param settings for connecting
     */
    public KeptConnections(DriverSettings settings) {
        this(settings.withProperties(IN_STARTUP_PACKET).unpooled());
    }

    private KeptConnections(DataSource source) {
        super(source);
        this.source = source;
    }

    @Override
    public Connection getConnection() throws SQLException {
        for (Connection next = kept.pollFirst(); next != null; next = kept.pollFirst()) {
            if (next.isValid(VALID_SECONDS)) {
                return LentConnection.of(next, this::giveBack);
            }
            end(next);
        }
        return LentConnection.of(source.getConnection(), this::giveBack);
    }

    private void giveBack(Connection used) {
        if (closed || !isAsNew(used) || !kept.offerFirst(used)) {
            end(used);
        } else if (closed) { // since
            endAll();
        }
    }

    /** Whether nothing of its user is left; a transaction that was begun by hand shows here as an error. */
    private static boolean isAsNew(Connection used) {
        try (Statement statement = used.createStatement()) {
            if (!used.getAutoCommit()) {
                used.rollback();
                used.setAutoCommit(true);
            }
            statement.execute("DISCARD ALL");
            used.clearWarnings();
            return true;
        } catch (SQLException e) {
            LOG.debug("A connection is not kept", e);
            return false;
        }
    }

    private void endAll() {
        for (Connection next = kept.pollFirst(); next != null; next = kept.pollFirst()) {
            end(next);
        }
    }

    private static void end(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection that is not kept could not be closed", e);
        }
    }

    /** Closes what is kept; what is still in use is closed when it is given back. Twice is harmless. */
    @Override
    public void close() {
        closed = true;
        endAll();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("Connections are kept for one user only.");
    }
}
