// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class QueryModesTest {

    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY, name text, at timestamp)";

    /** Only those of prepared statements: the driver forgets the others when the garbage collector has found them. */
    private static final String KNOWN =
            "SELECT name, statement FROM pg_prepared_statements WHERE statement LIKE '%$1%' ORDER BY name";

    @ParameterizedTest
    @CsvSource({
        "extended, 0, true", "extended, 1, true", "extended, 5, true", "extended, -1, true",
        "extended, 5, false", "extended, -1, false", "simple, 5, true", "extendedForPrepared, 1, true",
        "extendedCacheEverything, 5, true", "extendedCacheEverything, 1, false"
    })
    void statementsBeforeAndAfterTheServerKnowsThem(String mode, String threshold, String binary) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect(
                    "preferQueryMode",
                    mode,
                    "prepareThreshold",
                    threshold,
                    "binaryTransfer",
                    binary,
                    "preparedStatementCacheQueries",
                    "3");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)");
                    PreparedStatement select =
                            connection.prepareStatement("SELECT * FROM t WHERE id <= ? ORDER BY id");
                    Statement plain = connection.createStatement()) {
                for (int n = 1; n <= 8; n++) {
                    insert.setInt(1, n);
                    insert.setString(2, n % 2 == 0 ? null : "n" + n);
                    insert.setObject(3, java.time.LocalDateTime.of(2024, 1, n, 0, 0));
                    stage.seen().saw("insert", insert.executeUpdate());
                    select.setInt(1, n);
                    try (ResultSet rows = select.executeQuery()) {
                        stage.seen().rows("select", rows);
                    }
                    stage.seen().saw("update", plain.executeUpdate("UPDATE t SET name = 'x' WHERE id = 1"));
                }
                select.setString(1, "8"); // another type: prepared anew
                stage.seen().outcome("other type", select::executeQuery);
                select.setLong(1, 8);
                stage.seen().outcome("yet another", select::executeQuery);
            }
            for (int n = 0; n < 6; n++) { // more statements than are kept
                stage.prepared(connection, "SELECT " + n + " + ?", n);
            }
            stage.run(connection, "ALTER TABLE t DROP COLUMN at");
            stage.prepared(connection, "SELECT * FROM t WHERE id <= ? ORDER BY id", 3);
            stage.run(connection, KNOWN);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void stringsOfStatements(String mode) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect("preferQueryMode", mode);
            for (boolean auto : new boolean[] {true, false}) {
                connection.setAutoCommit(auto);
                stage.run(
                        connection,
                        "INSERT INTO t VALUES (1), (2); SELECT id FROM t; UPDATE t SET name = 'x'; SELECT 1; ; SELECT 2;");
                stage.prepared(connection, "SELECT ? + 1; DELETE FROM t WHERE id = ?; SELECT count(*) FROM t", 1, 2);
                stage.run(connection, "INSERT INTO t VALUES (3); INSERT INTO t VALUES (3); INSERT INTO t VALUES (4)");
                stage.run(connection, "SELECT count(*) FROM t");
                rollBack(connection);
                stage.run(connection, "");
                stage.run(connection, " ;; ");
                stage.run(connection, "-- nothing");
                stage.run(connection, "DELETE FROM t");
                rollBack(connection);
            }
            connection.setAutoCommit(true);
            stage.run(connection, "BEGIN; INSERT INTO t VALUES (9); COMMIT; SELECT count(*) FROM t; ROLLBACK");
            more(stage, connection);
        });
    }

    private static void rollBack(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    private static void more(Stage stage, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            stage.seen().saw("first", statement.execute("SELECT 1; SELECT 2; SELECT 3"));
            ResultSet first = statement.getResultSet();
            stage.seen().saw("second", statement.getMoreResults(Statement.KEEP_CURRENT_RESULT));
            ResultSet second = statement.getResultSet();
            stage.seen().saw("open", first.isClosed() + " " + second.isClosed());
            stage.seen().saw("third", statement.getMoreResults(Statement.CLOSE_ALL_RESULTS));
            stage.seen().saw("closed", first.isClosed() + " " + second.isClosed());
            stage.seen().outcome("no rows", () -> statement.executeQuery("DELETE FROM t"));
            stage.seen().outcome("rows", () -> statement.executeUpdate("SELECT 1"));
            statement.setMaxRows(2);
            stage.seen().outcome("at most", () -> statement.execute("SELECT generate_series(1, 5)"));
            stage.results("at most", statement);
            statement.setMaxRows(0);
            statement.setEscapeProcessing(false);
            stage.seen().outcome("not escaped", () -> statement.execute("SELECT {d '2024-01-01'}"));
            statement.setPoolable(true);
            statement.closeOnCompletion();
            statement.executeQuery("SELECT 1").close();
            stage.seen().saw("closed", statement.isClosed());
        }
    }
}
