// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class KeysTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "preferQueryMode=extended",
                "preferQueryMode=simple",
                "reWriteBatchedInserts=true",
                "prepareThreshold=1"
            })
    void generatedKeys(String setting) {
        Both.same(stage -> {
            stage.given("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE,"
                    + " at date DEFAULT '2024-01-01')");
            Connection connection = stage.connect(setting.split("=", 2));
            String insert = "INSERT INTO t (name) VALUES (?)";
            try (PreparedStatement all = connection.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS)) {
                for (String name : new String[] {"a", "b", "a", "c"}) {
                    all.setString(1, name);
                    stage.seen().outcome(name, all::executeUpdate);
                    stage.seen().rows(name, all.getGeneratedKeys());
                }
            }
            try (PreparedStatement named = connection.prepareStatement(insert, new String[] {"at", "id"})) {
                named.setString(1, "named");
                stage.seen().saw("named", named.execute());
                stage.seen().rows("named", named.getGeneratedKeys());
            }
            try (PreparedStatement batch = connection.prepareStatement(insert, new String[] {"id"})) {
                for (int n = 0; n < 300; n++) {
                    batch.setString(1, "n" + n);
                    batch.addBatch();
                }
                stage.seen().saw("batch", batch.executeBatch());
                stage.seen().rows("batch", batch.getGeneratedKeys());
                batch.setString(1, "new");
                batch.addBatch();
                batch.setString(1, "a");
                batch.addBatch();
                stage.seen().outcome("failing batch", batch::executeBatch);
                stage.seen().rows("failing batch", batch.getGeneratedKeys());
            }
            try (Statement plain = connection.createStatement()) {
                stage.seen()
                        .saw(
                                "plain",
                                plain.executeUpdate(
                                        "UPDATE t SET at = '2025-01-01' WHERE id < 4",
                                        Statement.RETURN_GENERATED_KEYS));
                stage.seen().rows("plain", plain.getGeneratedKeys());
                stage.seen().outcome("missing column", () -> plain.executeUpdate("DELETE FROM t", new String[] {"no"}));
                stage.seen().outcome("by number", () -> plain.executeUpdate("DELETE FROM t", new int[] {1}));
            }
            stage.run(
                    connection,
                    "INSERT INTO t (name) VALUES ('a') ON CONFLICT (name) DO UPDATE SET at = now() - now() + date '2020-01-01' RETURNING name, at");
        });
    }
}
