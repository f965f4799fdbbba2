// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/**
 * What the driver throws when it can't connect. A refused connection is the driver's own: it tries, through a socket that
 * refuses. What a server would say is put into the driver's exception field by field.
 */
final class FailedConnect {

    private FailedConnect() {}

    static SQLException of(HikariDataSource pool, SqlState state) {
        return state.code().equals(ConnectErrors.REFUSED) ? refused(pool) : said(state);
    }

    private static SQLException refused(HikariDataSource pool) {
        if (!HikariSource.isOfTheDriver(pool)) {
            return refusedByNobody();
        }
        try (Connection open = HikariSource.through(pool, RefusingSocketFactory.class)) {
            throw new ChaosException("A refused connection must not open, but " + open + " did. Report this.");
        } catch (SQLException refusal) {
            return refusal;
        }
    }

    /** Below a pool of something else than the driver, nothing can be made to refuse. */
    private static SQLException refusedByNobody() {
        return new PSQLException(
                "Connection refused. Check that the hostname and port are correct and that the postmaster is accepting "
                        + "TCP/IP connections.",
                PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                new ConnectException("Connection refused"));
    }

    /** The form is that of an ErrorResponse. Source: PostgreSQL documentation, "Error and Notice Message Fields". */
    private static SQLException said(SqlState state) {
        String fields = "SFATAL\0VFATAL\0C" + state.code() + "\0M"
                + ConnectErrors.said(state.code()).orElse("") + "\0";
        return new PSQLException(new ServerErrorMessage(fields));
    }
}
