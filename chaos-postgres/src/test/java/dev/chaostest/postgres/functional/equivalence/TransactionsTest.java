// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;

@Timeout(120)
class TransactionsTest {

    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY)";

    private static String state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState().name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void beginCommitAndRollback(String mode) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect("preferQueryMode", mode);
            Observed seen = stage.seen();
            seen.done("commit in autocommit", connection::commit);
            seen.done("rollback in autocommit", connection::rollback);
            connection.setAutoCommit(false);
            seen.done("commit of nothing", connection::commit);
            stage.run(connection, "INSERT INTO t VALUES (1)");
            seen.saw("state", state(connection));
            connection.commit();
            seen.saw("state", state(connection));
            stage.run(connection, "INSERT INTO t VALUES (2)");
            connection.rollback();
            stage.run(connection, "INSERT INTO t VALUES (3)");
            connection.setAutoCommit(true); // commits
            stage.run(connection, "SELECT id FROM t ORDER BY id");
            stage.run(connection, "BEGIN");
            seen.saw("state", state(connection));
            stage.run(connection, "INSERT INTO t VALUES (4)");
            stage.run(connection, "ROLLBACK");
            stage.run(connection, "START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY");
            stage.run(connection, "INSERT INTO t VALUES (5)");
            stage.run(connection, "END");
            stage.run(connection, "COMMIT AND CHAIN");
            seen.saw("state", state(connection));
            stage.run(connection, "SELECT id FROM t ORDER BY id");
        });
    }

    @Test
    void savepoints() {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect();
            Observed seen = stage.seen();
            seen.outcome("in autocommit", connection::setSavepoint);
            connection.setAutoCommit(false);
            Savepoint outer = connection.setSavepoint();
            seen.saw("id", outer.getSavepointId());
            stage.run(connection, "INSERT INTO t VALUES (1)");
            Savepoint inner = connection.setSavepoint("in \"ner\"");
            seen.saw("name", inner.getSavepointName());
            stage.run(connection, "INSERT INTO t VALUES (1)");
            seen.saw("state", state(connection));
            connection.rollback(inner);
            seen.saw("state", state(connection));
            stage.run(connection, "INSERT INTO t VALUES (2)");
            connection.releaseSavepoint(inner);
            seen.done("released", () -> connection.rollback(inner));
            stage.run(connection, "SELECT count(*) FROM t");
            connection.rollback(outer);
            stage.run(connection, "SELECT count(*) FROM t");
            connection.commit();
            seen.done("gone", () -> connection.rollback(outer));
            connection.rollback();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "never, extended",
        "always, extended",
        "conservative, extended",
        "always, simple",
        "conservative, simple"
    })
    void autosave(String autosave, String mode) {
        Both.same(stage -> {
            stage.given(TABLE);
            for (String cleanup : new String[] {"true", "false"}) {
                Connection connection = stage.connect(
                        "autosave",
                        autosave,
                        "cleanupSavepoints",
                        cleanup,
                        "preferQueryMode",
                        mode,
                        "prepareThreshold",
                        "2",
                        "flushCacheOnDdl",
                        "false");
                connection.setAutoCommit(false);
                stage.run(connection, "INSERT INTO t VALUES (1)");
                stage.run(connection, "INSERT INTO t VALUES (1)");
                stage.seen().saw("state", state(connection));
                stage.run(connection, "INSERT INTO t VALUES (2)");
                stage.prepared(connection, "SELECT 1 / ?", 0);
                stage.run(connection, "SELECT count(*) FROM t");
                stage.seen().done("commit", connection::commit);
                stage.run(connection, "SELECT count(*) FROM t");
                changedPlan(stage, connection);
                connection.rollback();
            }
        });
    }

    /** A statement that the server has prepared no longer fits its table. */
    private static void changedPlan(Stage stage, Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT * FROM t WHERE id = ?")) {
            for (int n = 0; n < 4; n++) {
                select.setInt(1, 1);
                stage.seen().outcome("select", () -> {
                    try (ResultSet rows = select.executeQuery()) {
                        stage.seen().rows("rows", rows);
                        return "done";
                    }
                });
                stage.seen().saw("state", state(connection));
            }
            try (Statement alter = connection.createStatement()) {
                stage.seen().done("alter", () -> alter.execute("ALTER TABLE t ADD COLUMN x" + "x int"));
            }
            for (int n = 0; n < 2; n++) {
                select.setInt(1, 1);
                stage.seen().outcome("select", () -> {
                    try (ResultSet rows = select.executeQuery()) {
                        stage.seen().rows("rows", rows);
                        return "done";
                    }
                });
                stage.seen().saw("state", state(connection));
            }
            stage.run(connection, "DISCARD PLANS");
            stage.run(connection, "DEALLOCATE ALL");
            stage.seen().outcome("deallocated", select::execute);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignore", "transaction", "always"})
    void readOnly(String mode) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect("readOnlyMode", mode);
            for (boolean auto : new boolean[] {true, false}) {
                connection.setAutoCommit(auto);
                connection.setReadOnly(true);
                stage.run(connection, "INSERT INTO t VALUES (1)");
                stage.seen().done("in a transaction", () -> connection.setReadOnly(false));
                if (!auto) {
                    connection.rollback();
                }
                connection.setReadOnly(false);
                stage.run(connection, "INSERT INTO t VALUES (2)");
            }
            connection.rollback();
        });
    }
}
