// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class BatchHitsTest {

    private static final String SITE = "INSERT INTO account VALUES ($1, $2)";

    private static void insert(Connection connection, int from, int to) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES (?, ?)")) {
            for (int id = from; id < to; id++) {
                insert.setInt(1, id);
                insert.setInt(2, id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, prepareThreshold=5", "7, prepareThreshold=5", "7, prepareThreshold=1", "600, prepareThreshold=5"})
    void everyElementIsAHit(int elements, String setting) throws Exception {
        assertThat(Hits.count(setting, connection -> insert(connection, 100, 100 + elements)))
                .isEqualTo(Map.of(SITE, (long) elements));
    }

    @Test
    void everyElementIsAHitInSimpleMode() throws Exception {
        assertThat(Hits.count("preferQueryMode=simple", connection -> insert(connection, 100, 107)))
                .isEqualTo(Map.of("INSERT INTO account VALUES ((?::int4), (?::int4))", 7L));
    }

    /** Elements that the driver merges are one statement for the server: as many as a power of two in each. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 1", "7, 3", "128, 1", "129, 2"})
    void mergedElementsAreAsManyHitsAsTheServerGetsStatements(int elements, long hits) throws Exception {
        assertThat(Hits.count("reWriteBatchedInserts=true", connection -> insert(connection, 100, 100 + elements)))
                .isEqualTo(Map.of(SITE, hits));
    }

    /** The driver had sent them all before it heard of the failure; what the server skips has arrived, too. */
    @Test
    void elementsBehindAFailingOneAreHits() throws Exception {
        assertThat(Hits.count(connection ->
                        assertThatThrownBy(() -> insert(connection, 7, 12)).isInstanceOf(BatchUpdateException.class)))
                .isEqualTo(Map.of(SITE, 5L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void statementsOfABatch(String mode) throws Exception {
        assertThat(Hits.count("preferQueryMode=" + mode, connection -> {
                    try (Statement batch = connection.createStatement()) {
                        for (int id = 1; id < 6; id++) {
                            batch.addBatch("UPDATE account SET balance = 0 WHERE id = " + id);
                            batch.addBatch("DELETE FROM account WHERE id = " + 100 + id);
                        }
                        batch.executeBatch();
                    }
                }))
                .isEqualTo(Map.of(
                        "UPDATE account SET balance = ? WHERE id = ?", 5L, "DELETE FROM account WHERE id = ?", 5L));
    }

    @Test
    void batchWithGeneratedKeys() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO account VALUES (?, 0)", new String[] {"id"})) {
                        for (int id = 100; id < 110; id++) {
                            insert.setInt(1, id);
                            insert.addBatch();
                        }
                        insert.executeBatch();
                    }
                }))
                .isEqualTo(Map.of("INSERT INTO account VALUES ($1, ?) RETURNING \"id\"", 10L));
    }

    @Test
    void batchInATransactionBeginsOnce() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setAutoCommit(false);
                    insert(connection, 100, 110);
                    insert(connection, 110, 120);
                    connection.commit();
                }))
                .isEqualTo(Map.of("BEGIN", 1L, SITE, 20L, "COMMIT", 1L));
    }
}
