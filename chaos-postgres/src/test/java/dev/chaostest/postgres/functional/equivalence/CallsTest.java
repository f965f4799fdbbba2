// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CallsTest {

    private static final String[] ROUTINES = {
        "CREATE TABLE t (id int)",
        "CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql AS $$SELECT a + b$$",
        "CREATE FUNCTION parts(a int, OUT half int, OUT name text, INOUT c numeric) LANGUAGE plpgsql AS"
                + " $$BEGIN half := a / 2; name := 'n' || a; c := c * 2; END$$",
        "CREATE FUNCTION many() RETURNS SETOF int LANGUAGE sql AS $$SELECT generate_series(1, 3)$$",
        "CREATE FUNCTION cursors() RETURNS refcursor LANGUAGE plpgsql AS"
                + " $$DECLARE c refcursor; BEGIN OPEN c FOR SELECT generate_series(1, 5); RETURN c; END$$",
        "CREATE PROCEDURE committing(n int) LANGUAGE plpgsql AS"
                + " $$BEGIN FOR i IN 1..n LOOP INSERT INTO t VALUES (i);"
                + " IF i % 2 = 0 THEN COMMIT; ELSE ROLLBACK; END IF; END LOOP; END$$",
        "CREATE PROCEDURE doubled(INOUT n int) LANGUAGE plpgsql AS $$BEGIN n := n * 2; END$$",
        "CREATE PROCEDURE fails() LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$"
    };

    @ParameterizedTest
    @ValueSource(strings = {"preferQueryMode=extended", "preferQueryMode=simple", "prepareThreshold=1"})
    void functions(String setting) {
        Both.same(stage -> {
            stage.given(ROUTINES);
            Connection connection = stage.connect(setting.split("=", 2));
            for (int round = 0; round < 2; round++) {
                try (CallableStatement call = connection.prepareCall("{? = call plus(?, ?)}")) {
                    call.registerOutParameter(1, Types.INTEGER);
                    call.setInt(2, 3);
                    call.setInt(3, 4);
                    stage.seen().outcome("plus", call::execute);
                    stage.seen().outcome("sum", () -> call.getInt(1));
                    stage.seen().outcome("of another type", () -> call.getString(1));
                }
                try (CallableStatement call = connection.prepareCall("{call parts(?, ?, ?, ?)}")) {
                    call.setInt(1, 9);
                    call.registerOutParameter(2, Types.INTEGER);
                    call.registerOutParameter(3, Types.VARCHAR);
                    call.setBigDecimal(4, new java.math.BigDecimal("1.25"));
                    call.registerOutParameter(4, Types.NUMERIC);
                    stage.seen().outcome("parts", call::executeUpdate);
                    stage.seen().outcome("half", () -> call.getInt(2) + call.getString(3) + call.getBigDecimal(4));
                }
            }
            stage.prepared(connection, "{call many()}");
            stage.run(connection, "{? = call wrong}");
            connection.setAutoCommit(false);
            stage.seen().done("cursor", () -> cursor(stage, connection));
            connection.rollback();
        });
    }

    private static void cursor(Stage stage, Connection connection) throws SQLException {
        try (CallableStatement call = connection.prepareCall("{? = call cursors()}")) {
            call.registerOutParameter(1, Types.REF_CURSOR);
            call.execute();
            try (ResultSet rows = (ResultSet) call.getObject(1)) {
                stage.seen().rows("cursor", rows);
            }
        }
        try (CallableStatement call = connection.prepareCall("{? = call cursors()}")) {
            call.setFetchSize(2);
            call.registerOutParameter(1, Types.OTHER);
            call.execute();
            try (ResultSet rows = (ResultSet) call.getObject(1)) {
                stage.seen().rows("cursor in pieces", rows);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"select", "callIfNoReturn", "call"})
    void procedures(String mode) {
        Both.same(stage -> {
            stage.given(ROUTINES);
            Connection connection = stage.connect("escapeSyntaxCallMode", mode);
            for (boolean auto : new boolean[] {true, false}) {
                connection.setAutoCommit(auto);
                for (String sql : new String[] {"CALL committing(4)", "{call committing(4)}", "CALL fails()"}) {
                    try (CallableStatement call = connection.prepareCall(sql)) {
                        stage.seen().outcome(sql, call::execute);
                    }
                    if (!auto) {
                        connection.rollback();
                    }
                }
                try (CallableStatement call = connection.prepareCall("CALL doubled(?)")) {
                    call.setInt(1, 21);
                    call.registerOutParameter(1, Types.INTEGER);
                    stage.seen().outcome("doubled", call::execute);
                    stage.seen().outcome("doubled", () -> call.getInt(1));
                }
                if (!auto) {
                    connection.rollback();
                }
                stage.run(connection, "SELECT id FROM t ORDER BY id");
            }
        });
    }
}
