// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.wire.ServerError;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** Tells an exception that comes from a fault from one that comes from something else: by its SQLSTATE. */
final class Injected {

    private static final String CONNECTION = "08";
    private static final String POOL = "com.zaxxer.hikari.";

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
        if (fault instanceof ServerError error) {
            String planned = error.state().code();
            return planned.equals(thrown.getSQLState())
                    || answer.filter(state -> state.equals(thrown.getSQLState()))
                            .isPresent()
                    || (planned.startsWith("57P") && isLost(thrown));
        }
        return false;
    }

    /** What a pool says of a connection that it has given up has no state. */
    private static boolean isLost(SQLException thrown) {
        String state = thrown.getSQLState();
        if (state != null) {
            return state.startsWith(CONNECTION);
        }
        StackTraceElement[] frames = thrown.getStackTrace();
        return frames.length > 0 && frames[0].getClassName().startsWith(POOL);
    }
}
