// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.postgres.pool.SessionState;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import dev.chaostest.postgres.pool.internal.HikariSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of a pool that lives on when the test has ended: what the test made of it must not reach the next one. A session
 * that was changed is not kept by its pool, since only the pool knows how it sets a new one up; where the pool can't be told,
 * it is reset.
 *
 * @param pool the user's
 * @param connection to be closed by somebody else, after this
 * @param before how the test found it
 */
record LentSession(DataSource pool, Connection connection, SessionState before) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LentSession.class);

    private static final int VALID_SECONDS = 2;

    static LentSession of(DataSource pool, Connection connection) throws SQLException {
        return new LentSession(pool, connection, SessionState.of(connection));
    }

    @Override
    public void close() throws SQLException {
        if (connection.isClosed()) { // given back by the test itself, to whoever has it now
            return;
        }
        if (isChanged() && !isEvicted()) {
            SessionState.reset(connection);
        }
    }

    private boolean isEvicted() throws SQLException {
        return HikariPresence.isPresent() && HikariSource.evict(pool, connection);
    }

    /**
     * A connection that has met its end in the test is thrown away by its pool, and has no session to look at. One that lives
     * and can't be looked at was changed: by a statement timeout that is too short for it, for instance.
     */
    private boolean isChanged() throws SQLException {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return !SessionState.of(connection).equals(before);
        } catch (SQLException e) {
            LOG.debug("A session could not be looked at", e);
            return connection.isValid(VALID_SECONDS);
        }
    }
}
