// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.sweep.PostgresCatalogue;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Tells a sweep what is possible in the database of its test. */
final class SweepPlaces {

    private static final String FACTS = "SELECT current_setting('default_transaction_isolation') IN ('serializable',"
            + " 'repeatable read'), EXISTS (SELECT FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace"
            + " WHERE c.condeferrable AND n.nspname = ANY (current_schemas(false)))";

    private SweepPlaces() {}

    /** In the first round, when everything is there. The DataSource is asked as the test would ask it. */
    static void consult(TestRound round, DataSource dataSource) {
        round.sweep()
                .filter(SweepRound::isFirst)
                .ifPresent(
                        sweep -> sweep.consult(new PostgresCatalogue(facts(round, dataSource), sweep.wantsMessages())));
    }

    private static PostgresCatalogue.Facts facts(TestRound round, DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FACTS)) {
            row.next();
            PostgresCatalogue.Facts facts = new PostgresCatalogue.Facts(row.getBoolean(1), row.getBoolean(2));
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return facts;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A sweep must know what is possible in the database of "
                            + round.scope().name() + ", but that answered " + e.getSQLState()
                            + ". Check that the server runs; see the cause.",
                    e);
        }
    }
}
