// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class NoticesTest {

    private static final String[] TALKER = {
        "CREATE TABLE t (id int)",
        "CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$BEGIN RAISE NOTICE 'row %', NEW.id USING DETAIL = 'd', HINT = 'h'; RETURN NEW; END$$",
        "CREATE TRIGGER talk BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION talk()"
    };

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void everyLevelArrivesWithItsStatement(String mode) {
        Both.same(stage -> {
            stage.given(TALKER);
            Connection connection = stage.connect("preferQueryMode", mode);
            stage.seen().warnings("after connect", connection.getWarnings());
            for (String level : List.of("DEBUG", "LOG", "INFO", "NOTICE", "WARNING")) {
                stage.run(connection, "SET client_min_messages = DEBUG1");
                stage.run(connection, "DO $$BEGIN RAISE " + level + " 'so % it is', 7; END$$");
            }
            stage.run(connection, "SET client_min_messages = NOTICE");
            stage.run(connection, "CREATE TABLE IF NOT EXISTS t (id int)");
            stage.run(connection, "DROP TABLE IF EXISTS missing");
            stage.run(connection, "COMMIT");
            stage.prepared(connection, "INSERT INTO t SELECT generate_series(1, 200)");
            stage.run(connection, "DO $$BEGIN RAISE WARNING '%', repeat('W', 100000); END$$");
            stage.seen().warnings("on the connection", connection.getWarnings());
            connection.clearWarnings();
            stage.seen().warnings("cleared", connection.getWarnings());
        });
    }

    @Test
    void noticesOfABatchOfRowsAndOfCopy() {
        Both.same(stage -> {
            stage.given(TALKER);
            Connection connection = stage.connect();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                for (int id = 0; id < 5; id++) {
                    insert.setInt(1, id);
                    insert.addBatch();
                }
                stage.seen().saw("counts", insert.executeBatch());
                stage.seen().warnings("batch", insert.getWarnings());
                insert.clearWarnings();
                stage.seen().warnings("cleared", insert.getWarnings());
            }
            var copy = connection.unwrap(org.postgresql.PGConnection.class).getCopyAPI();
            stage.seen().outcome("copy", () -> copy.copyIn("COPY t FROM STDIN", new java.io.StringReader("8\n9\n")));
            stage.seen().warnings("copy", connection.getWarnings());
            try (Statement both = connection.createStatement()) {
                stage.seen()
                        .outcome(
                                "notice, then an error",
                                () -> both.execute("DO $$BEGIN RAISE WARNING 'first'; RAISE EXCEPTION 'then'; END$$"));
                stage.seen().warnings("both", both.getWarnings());
            }
        });
    }
}
