// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.DriverInfo;

@Timeout(120)
class CursorsTest {

    private static final String[] TEN = {
        "CREATE TABLE t (id int PRIMARY KEY, name text)",
        "INSERT INTO t SELECT n, 'n' || n FROM generate_series(1, 10) n"
    };

    @ParameterizedTest
    @ValueSource(strings = {"prepareThreshold=5", "prepareThreshold=1", "preferQueryMode=simple"})
    void portalsReadInPiecesAndLeftHalfway(String setting) {
        Both.same(stage -> {
            stage.given(TEN);
            Connection connection = stage.connect(setting.split("=", 2));
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement("SELECT id, name FROM t ORDER BY id")) {
                for (int size : new int[] {3, 5, 10, 11, 1}) {
                    select.setFetchSize(size);
                    try (ResultSet rows = select.executeQuery()) {
                        stage.seen().rows("by " + size, rows);
                    }
                    try (ResultSet rows = select.executeQuery()) {
                        rows.next();
                        stage.seen().saw("halfway", rows.getString(2));
                    }
                }
                select.setMaxRows(4);
                try (ResultSet rows = select.executeQuery()) {
                    stage.seen().rows("at most 4", rows);
                }
            }
            connection.commit();
        });
    }

    @Test
    void portalsSideBySideAndAfterTheirTransaction() {
        Both.same(stage -> {
            stage.given(TEN);
            Connection connection = stage.connect("defaultRowFetchSize", "2");
            connection.setAutoCommit(false);
            try (PreparedStatement one = connection.prepareStatement("SELECT id FROM t ORDER BY id");
                    PreparedStatement two = connection.prepareStatement("SELECT id FROM t ORDER BY id DESC");
                    ResultSet up = one.executeQuery();
                    ResultSet down = two.executeQuery()) {
                for (int n = 0; n < 5; n++) {
                    up.next();
                    down.next();
                    stage.seen().saw("side by side", up.getInt(1) + " " + down.getInt(1));
                }
                connection.commit();
                stage.seen().outcome("what is here already", up::next);
                stage.seen().outcome("after the commit", up::next);
                stage.seen().outcome("after the commit", up::next);
                connection.rollback();
            }
            try (Statement hold = connection.createStatement(
                            ResultSet.TYPE_FORWARD_ONLY,
                            ResultSet.CONCUR_READ_ONLY,
                            ResultSet.HOLD_CURSORS_OVER_COMMIT);
                    ResultSet rows = hold.executeQuery("SELECT id FROM t ORDER BY id")) {
                rows.next();
                connection.commit();
                stage.seen().rows("held", rows);
            }
            try (Statement fails = connection.createStatement();
                    ResultSet rows = fails.executeQuery("SELECT 10 / (7 - id) FROM t ORDER BY id")) {
                stage.seen()
                        .done("fails at the fourth fetch", () -> stage.seen().rows("rows", rows));
            }
            connection.rollback();
        });
    }

    @Test
    void scrolling() {
        Both.same(stage -> {
            stage.given(TEN);
            Connection connection = stage.connect();
            connection.setAutoCommit(false);
            try (Statement scroll =
                            connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
                    ResultSet rows = scroll.executeQuery("SELECT id FROM t ORDER BY id")) {
                Observed seen = stage.seen();
                seen.outcome("last", rows::last);
                seen.outcome("row", rows::getRow);
                seen.outcome("absolute", () -> rows.absolute(3) + " " + rows.getInt(1));
                seen.outcome("relative", () -> rows.relative(-2) + " " + rows.getInt(1));
                seen.outcome("previous", rows::previous);
                seen.outcome("before the first", rows::isBeforeFirst);
                seen.outcome("no row", () -> rows.getInt(1));
                seen.outcome("absolute from the end", () -> rows.absolute(-1) + " " + rows.getInt(1));
                rows.beforeFirst();
                seen.rows("all", rows);
            }
            stage.run(connection, "DECLARE c SCROLL CURSOR FOR SELECT id FROM t ORDER BY id");
            stage.run(connection, "FETCH 3 FROM c");
            stage.run(connection, "FETCH BACKWARD 1 FROM c");
            stage.run(connection, "MOVE LAST FROM c");
            stage.run(connection, "FETCH RELATIVE -4 FROM c");
            stage.run(connection, "UPDATE t SET name = 'here' WHERE CURRENT OF c");
            stage.run(connection, "CLOSE c");
            stage.run(connection, "FETCH 1 FROM c");
            connection.rollback();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void updatableRows(String mode) throws ReflectiveOperationException {
        // by reflection, or the compiler writes down the number of the driver that it saw
        assumeThat(DriverInfo.class.getField("PATCH_VERSION").getInt(null))
                .as("pgjdbc 42.7.11 takes keys of tables of the same name in any schema, those of the other plays too")
                .isGreaterThan(11);
        Both.same(stage -> {
            stage.given(TEN);
            Connection connection = stage.connect("preferQueryMode", mode);
            try (Statement update =
                            connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
                    ResultSet rows = update.executeQuery("SELECT id, name FROM t ORDER BY id")) {
                change(stage, rows);
            }
            stage.run(connection, "SELECT * FROM t ORDER BY id");
            try (Statement update =
                            connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
                    ResultSet rows = update.executeQuery("SELECT name FROM t")) {
                rows.next();
                stage.seen().done("without a key", () -> rows.updateString(1, "x"));
            }
        });
    }

    private static void change(Stage stage, ResultSet rows) throws SQLException {
        Observed seen = stage.seen();
        rows.next();
        seen.done("update", () -> {
            rows.updateString("name", "changed");
            rows.updateRow();
        });
        seen.saw("updated", rows.getString("name"));
        rows.next();
        seen.done("delete", rows::deleteRow);
        seen.done("insert", () -> {
            rows.moveToInsertRow();
            rows.updateInt("id", 99);
            rows.updateNull("name");
            rows.insertRow();
            rows.moveToCurrentRow();
        });
        seen.done("insert twice", () -> {
            rows.moveToInsertRow();
            rows.updateInt("id", 99);
            rows.insertRow();
        });
        rows.absolute(5);
        seen.done("refresh", rows::refreshRow);
        seen.done("to a key that exists", () -> {
            rows.updateInt("id", 99);
            rows.updateRow();
        });
    }
}
