// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class TransactionHitsTest {

    private static final String SELECT = "SELECT balance FROM account";
    private static final String AUTOSAVE = "SAVEPOINT PGJDBC_AUTOSAVE";
    private static final String TO_AUTOSAVE = "ROLLBACK TO SAVEPOINT PGJDBC_AUTOSAVE";

    private static void select(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery(SELECT).close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void oneBeginAndOneEnd(String mode) throws Exception {
        assertThat(Hits.count("preferQueryMode=" + mode, connection -> {
                    connection.setAutoCommit(false);
                    connection.commit(); // of nothing: the driver sends nothing
                    select(connection);
                    select(connection);
                    connection.commit();
                    select(connection);
                    connection.rollback();
                    select(connection);
                    connection.setAutoCommit(true); // commits
                    select(connection);
                }))
                .isEqualTo(Map.of("BEGIN", 3L, SELECT, 5L, "COMMIT", 2L, "ROLLBACK", 1L));
    }

    @Test
    void everySpellingIsTheSameSite() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        for (String sql : new String[] {"BEGIN", "END", "start transaction", "abort", "BEGIN WORK"}) {
                            statement.execute(sql);
                        }
                        statement.execute("COMMIT /* now */ WORK");
                    }
                }))
                .isEqualTo(Map.of("BEGIN", 3L, "COMMIT", 2L, "ROLLBACK", 1L));
    }

    @Test
    void savepointsOfTheDriverHaveNoNumbers() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setAutoCommit(false);
                    Savepoint first = connection.setSavepoint();
                    Savepoint second = connection.setSavepoint();
                    connection.rollback(first);
                    Savepoint named = connection.setSavepoint("named");
                    connection.releaseSavepoint(named);
                    assertThatThrownBy(() -> connection.rollback(second)).isInstanceOf(SQLException.class);
                    connection.rollback();
                }))
                .isEqualTo(Map.of(
                        "BEGIN", 1L,
                        "SAVEPOINT JDBC_SAVEPOINT_?", 2L,
                        "ROLLBACK TO SAVEPOINT JDBC_SAVEPOINT_?", 2L,
                        "SAVEPOINT \"named\"", 1L,
                        "RELEASE SAVEPOINT \"named\"", 1L,
                        "ROLLBACK", 1L));
    }

    @Test
    void autosaveNeverAddsNothing() throws Exception {
        assertThat(autosave("autosave=never"))
                .isEqualTo(Map.of("BEGIN", 1L, SELECT, 2L, "SELECT ? / ?", 1L, "ROLLBACK", 1L));
    }

    /**
     * The driver's savepoints are statements, and a rule for every statement meets them. One stands before the ROLLBACK,
     * too; none before the COMMIT.
     */
    @Test
    void autosaveAlwaysHasASavepointForEachStatement() throws Exception {
        assertThat(autosave("autosave=always"))
                .isEqualTo(Map.of(
                        "BEGIN", 1L, AUTOSAVE, 4L, SELECT, 2L, "SELECT ? / ?", 1L, TO_AUTOSAVE, 1L, "ROLLBACK", 1L));
    }

    @Test
    void autosaveConservativeHasOneWhereAPlanMayBeStale() throws Exception {
        assertThat(autosave("autosave=conservative"))
                .isEqualTo(Map.of("BEGIN", 1L, SELECT, 2L, "SELECT ? / ?", 1L, "ROLLBACK", 1L));
    }

    private static Map<String, Long> autosave(String setting) throws Exception {
        return Hits.count(setting, connection -> {
            connection.setAutoCommit(false);
            select(connection);
            try (Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
                if (setting.endsWith("always")) {
                    select(connection);
                } else {
                    assertThatThrownBy(() -> select(connection)).isInstanceOf(SQLException.class);
                }
            }
            connection.rollback();
        });
    }

    @Test
    void twoPhases() throws Exception {
        assumeTrue(WireTestServer.setting("max_prepared_transactions") > 0, "max_prepared_transactions is 0");
        try (Hits hits = Hits.on()) {
            String gid = "'" + hits.bank().schema() + "'";
            assertThat(hits.of(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            for (String end : new String[] {"COMMIT", "ROLLBACK"}) {
                                connection.setAutoCommit(false);
                                statement.execute(SELECT);
                                statement.execute("PREPARE TRANSACTION " + gid);
                                connection.setAutoCommit(true);
                                statement.execute(end + " PREPARED " + gid);
                            }
                        }
                    }))
                    .isEqualTo(Map.of(
                            "BEGIN",
                            2L,
                            SELECT,
                            2L,
                            "PREPARE TRANSACTION ?",
                            2L,
                            "COMMIT PREPARED ?",
                            1L,
                            "ROLLBACK PREPARED ?",
                            1L));
        }
    }

    @Test
    void readOnlyIsPartOfTheBegin() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setReadOnly(true);
                    connection.setAutoCommit(false);
                    select(connection);
                    connection.commit();
                    connection.setReadOnly(false);
                }))
                .isEqualTo(Map.of("BEGIN", 1L, SELECT, 1L, "COMMIT", 1L));
    }

    @Test
    void readOnlySessionIsAStatement() throws Exception {
        assertThat(Hits.count("readOnlyMode=always", connection -> {
                    connection.setReadOnly(true);
                    connection.setReadOnly(false);
                }))
                .isEqualTo(Map.of(
                        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", 1L,
                        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", 1L));
    }

    @Test
    void isolationIsAskedAndSetByStatements() throws Exception {
        assertThat(Hits.count(connection -> {
                    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                }))
                .isEqualTo(Map.of(
                        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE", 1L,
                        "SHOW TRANSACTION ISOLATION LEVEL", 1L));
    }
}
