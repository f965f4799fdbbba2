// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** Tells an exception that comes from a fault from one that comes from something else: by its SQLSTATE. */
final class Injected {

    private static final String CONNECTION = "08";
    /** {@code connection_does_not_exist}. */
    private static final String CLOSED_BEFORE = "08003";

    /** Where the driver speaks the protocol. */
    private static final String PROTOCOL = "org.postgresql.core.";

    private static final String CANCELLED = "57014";

    private Injected() {}

    /** Those behind it in its own chain count, too: the elements of a batch. */
    static boolean is(Throwable thrown, Fault fault, Optional<String> answer) {
        if (!(thrown instanceof SQLException first)) {
            return false;
        }
        for (SQLException each = first; each != null; each = each.getNextException()) {
            if (isOf(each, fault, answer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(SQLException thrown, Fault fault, Optional<String> answer) {
        if (fault instanceof NoConnection) {
            return thrown instanceof SQLTransientConnectionException;
        }
        if (fault instanceof Cut) {
            return isLost(thrown);
        }
        if (fault instanceof CancelOnServer) {
            return CANCELLED.equals(thrown.getSQLState());
        }
        if (fault instanceof Hang) { // a time-out of the socket ends the connection, one of the statement cancels it
            return isLost(thrown) || CANCELLED.equals(thrown.getSQLState());
        }
        if (fault instanceof ServerError error) {
            String planned = error.state().code();
            return planned.equals(thrown.getSQLState())
                    || answer.filter(state -> state.equals(thrown.getSQLState()))
                            .isPresent()
                    || (planned.startsWith("57P") && isLost(thrown));
        }
        return false;
    }

    /**
     * Not what a driver or a pool says about a connection object that is closed already: who sees only that does not learn
     * what happened, and has gone on with a dead connection.
     */
    private static boolean isLost(SQLException thrown) {
        String state = thrown.getSQLState();
        return state != null
                && state.startsWith(CONNECTION)
                && (!state.equals(CLOSED_BEFORE) || isFromAmidACall(thrown));
    }

    /** The driver says the same of a COPY whose connection goes while it is begun; then it is not its JDBC objects that say it. */
    private static boolean isFromAmidACall(SQLException thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(PROTOCOL);
    }
}
