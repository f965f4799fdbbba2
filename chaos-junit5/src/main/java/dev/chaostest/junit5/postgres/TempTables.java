// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.TempTable;
import java.lang.reflect.Parameter;
import java.sql.Connection;
import java.sql.SQLException;

/** Opens the temporary tables that parameters of a test ask for. */
final class TempTables {

    private TempTables() {}

    /** On a connection of its own; the round's scope owns both. */
    static TempTable open(PostgresRound round, Parameter parameter, TemporaryTable wanted) {
        if (parameter.getType() != TempTable.class) {
            throw new ChaosException("@TemporaryTable in " + round.scope().name()
                    + " must be on a TempTable parameter, but is on a "
                    + parameter.getType().getSimpleName()
                    + ". Take a TempTable; its connection() is the only one that sees it.");
        }
        Connection connection = LentConnections.connection(round);
        TempTable table = TempTable.create(connection, wanted.name(), wanted.value());
        commit(connection, round);
        return round.lend("the temporary table", table);
    }

    /** A rollback in the test must not take the table away. */
    private static void commit(Connection connection, PostgresRound round) {
        try {
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "The temporary table of " + round.scope().name() + " must be committed, but the server answered "
                            + e.getSQLState() + ". See the cause.",
                    e);
        }
    }
}
