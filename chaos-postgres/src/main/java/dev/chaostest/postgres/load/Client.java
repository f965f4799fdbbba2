// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One client of a load: keeps its connection, and takes another one when it is lost. Used by one thread; cancelled by any. */
final class Client implements AutoCloseable {

    private final DataSource source;
    private volatile @Nullable Connection connection;
    private volatile boolean cancelled;

    Client(DataSource source) {
        this.source = source;
    }

    void run(Workload workload, Workload.Pick pick) throws SQLException {
        workload.run(connected(), pick);
    }

    private Connection connected() throws SQLException {
        Connection now = connection;
        if (now == null) {
            now = source.getConnection();
            connection = now;
            now.setAutoCommit(false);
        }
        return now;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Makes itself ready for the next transaction, on another connection if this one is of no use any more. */
    void recover() {
        Connection now = connection;
        if (now == null) {
            return;
        }
        try {
            now.rollback();
        } catch (SQLException lost) {
            connection = null;
            closeQuietly(now);
        }
    }

    private static void closeQuietly(Connection lost) {
        try {
            lost.close();
        } catch (SQLException alreadyGone) {
            // the failure before is what counts
        }
    }

    void cancel() throws SQLException {
        cancelled = true;
        Connection now = connection;
        if (now != null) {
            now.abort(Runnable::run);
        }
    }

    @Override
    public void close() throws SQLException {
        Connection now = connection;
        connection = null;
        if (now != null && !now.isClosed()) {
            try (now) {
                now.rollback();
                now.setAutoCommit(true);
            }
        }
    }
}
