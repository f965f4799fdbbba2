// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import java.io.IOException;
import java.sql.SQLException;

/** One fault: brings it about and looks that it is there. Where that fails, nothing of it is left. */
@FunctionalInterface
public interface Act {

    /** Strikes; the result ends it. */
    Undo strike() throws SQLException, IOException;

    /** Ends a fault and looks that it is over. */
    @FunctionalInterface
    interface Undo {

        /** What was seen: {@code accepts writes again}. */
        String heal() throws SQLException, IOException;
    }
}
