// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of our own, past every seam, that is kept over the rounds of a sweep; connecting anew for each question would
 * cost more than the question. It prints values in one way whatever the database's settings are, only reads unless it says
 * otherwise, and no question takes longer than 30 s. Safe for use by many threads, one at a time.
 */
public final class Desk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
    private static final int ALIVE_SECONDS = 5;

    private final DataSource admin;
    private final String searchPath;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Connection connection;

    /**
     * Connects at the first question.
     *
     * @param searchPath where questions find tables: as the tests do; quoted
     */
    public Desk(DataSource admin, String searchPath) {
        this.admin = admin;
        this.searchPath = searchPath;
    }

    /** What is asked. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Asks; on a new connection, if a fault has ended the old one. The question may be asked twice then. */
    public <T> T ask(Question<T> question) throws SQLException {
        turn.lock();
        try {
            Connection now = connection();
            try {
                return question.ask(now);
            } catch (SQLException e) {
                if (now.isValid(ALIVE_SECONDS)) {
                    undo(now);
                    throw e;
                }
                close();
                return question.ask(connection());
            }
        } finally {
            turn.unlock();
        }
    }

    private static void undo(Connection broken) throws SQLException {
        if (!broken.getAutoCommit()) {
            broken.rollback();
            broken.setAutoCommit(true);
        }
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            Connection opened = admin.getConnection();
            try (Statement statement = opened.createStatement()) {
                statement.execute(
                        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET search_path = " + searchPath);
                statement.execute("SET lock_timeout = '30s'; SET statement_timeout = '30s'; SET DateStyle = 'ISO';"
                        + " SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'");
                connection = opened;
            } finally {
                if (connection == null) {
                    opened.close();
                }
            }
        }
        return connection;
    }

    @Override
    public void close() {
        turn.lock();
        try {
            Connection last = connection;
            connection = null;
            if (last != null) {
                last.close();
            }
        } catch (SQLException e) {
            LOG.debug("A connection of a sweep could not be closed", e);
        } finally {
            turn.unlock();
        }
    }
}
