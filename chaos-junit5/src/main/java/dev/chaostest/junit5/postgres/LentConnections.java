// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.ConnectionGroup;
import java.sql.Connection;
import java.sql.SQLException;

/** The connections that a test method gets as parameters; closed by the round's scope. */
final class LentConnections {

    private LentConnections() {}

    static Connection connection(PostgresRound round) {
        try {
            Connection connection = round.dataSource().getConnection();
            round.lend("the connection", () -> end(connection));
            prepare(round, connection);
            return connection;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A Connection parameter of " + round.scope().name() + " must be opened, but the database answered "
                            + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    static ConnectionGroup group(PostgresRound round) {
        ConnectionGroup group =
                ConnectionGroup.open(round.dataSource(), round.poolSize().orElse(ConnectionGroup.DEFAULT_SIZE));
        round.lend("the connections", group);
        try {
            for (Connection connection : group) {
                prepare(round, connection);
            }
            return group;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A ConnectionGroup parameter of " + round.scope().name()
                            + " must be opened, but the database answered " + e.getSQLState() + ". See the cause.",
                    e);
        }
    }

    /** As the test wants it. What it makes of the session ends with the test, also in a pool that does not. */
    private static void prepare(PostgresRound round, Connection connection) throws SQLException {
        if (round.outlivesTheTest()) {
            LentSession lent = LentSession.of(round.database().admin(), connection);
            round.scope().own("the session", lent);
        }
        round.residue().lent(connection);
        connection.setAutoCommit(round.isAutoCommit());
    }

    /** What a test did not commit is not committed by a pool or a driver either. */
    private static void end(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }
}
