// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.Twin;
import dev.chaostest.postgres.sweep.SweptSpace;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What of a sweep's premises is set back before each round: what the test has for itself, and nothing else. */
final class SweptSpaces {

    private static final String SCHEMAS =
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1";

    private SweptSpaces() {}

    static SweptSpace of(Premises premises) {
        String who = premises.owner().name();
        if (premises.database().attached().isPresent()) {
            WireMount unarmed = premises.owner().own("the mount of the sweep", WireMount.twinOf("sweep"));
            return SweptSpace.of(
                            who, premises.mount(), premises.database().lookout(unarmed), List.of())
                    .leavingConnections();
        }
        DataSource admin = Twin.unpooled(
                premises.database().admin(),
                premises.schema().map(TestSchema::driverProperties).orElse(Map.of()));
        List<String> schemas = premises.schema()
                .map(schema -> List.of(schema.name()))
                .orElseGet(() -> premises.isApart() ? all(admin, who) : List.of());
        return SweptSpace.of(who, premises.mount(), admin, schemas);
    }

    private static List<String> all(DataSource admin, String who) {
        List<String> schemas = new ArrayList<>();
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SCHEMAS)) {
            while (rows.next()) {
                schemas.add(rows.getString(1));
            }
            return schemas;
        } catch (SQLException e) {
            throw new ChaosException(
                    "The sweep " + who + " must know the schemas of its database, but that answered " + e.getSQLState()
                            + ". Check that the server runs; see the cause.",
                    e);
        }
    }
}
