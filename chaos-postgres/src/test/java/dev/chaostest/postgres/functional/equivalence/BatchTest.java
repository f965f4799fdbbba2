// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class BatchTest {

    @ParameterizedTest
    @CsvSource({
        "extended, false, true",
        "extended, true, true",
        "extended, true, false",
        "simple, false, true",
        "simple, true, true",
        "extendedCacheEverything, true, false"
    })
    void countsAndRows(String mode, String rewrite, boolean auto) {
        Both.same(stage -> {
            stage.given("CREATE TABLE t (id int, name text)");
            Connection connection = stage.connect("preferQueryMode", mode, "reWriteBatchedInserts", rewrite);
            connection.setAutoCommit(auto);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)")) {
                for (int size : new int[] {1, 2, 7, 7, 7, 7, 129, 600}) {
                    for (int n = 0; n < size; n++) {
                        insert.setInt(1, n);
                        insert.setString(2, "x".repeat(n % 50));
                        insert.addBatch();
                    }
                    stage.seen().saw("batch of " + size, insert.executeBatch());
                }
                insert.clearParameters();
                stage.seen().outcome("no parameters", () -> {
                    insert.addBatch();
                    return insert.executeBatch();
                });
            }
            try (PreparedStatement update = connection.prepareStatement("UPDATE t SET name = ? WHERE id = ?")) {
                for (int n = 0; n < 20; n++) {
                    update.setString(1, "u");
                    update.setInt(2, n * 40);
                    update.addBatch();
                }
                stage.seen().saw("large counts", update.executeLargeBatch());
            }
            try (Statement statements = connection.createStatement()) {
                for (int n = 0; n < 5; n++) {
                    statements.addBatch("INSERT INTO t VALUES (" + n + ", 's')");
                    statements.addBatch("DELETE FROM t WHERE id = 1000 + " + n);
                }
                statements.addBatch("CREATE TABLE other (id int)");
                stage.seen().saw("statements", statements.executeBatch());
            }
            if (!auto) {
                connection.commit();
            }
            stage.run(connection, "SELECT count(*), sum(id), sum(length(name)) FROM t");
        });
    }
}
