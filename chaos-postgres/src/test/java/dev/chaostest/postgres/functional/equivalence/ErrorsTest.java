// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;

@Timeout(120)
class ErrorsTest {

    private static final List<String> FAILING = List.of(
            "SELECT * FROM missing",
            "SELEC 1",
            "SELECT missing FROM t",
            "SELECT\n  1,\n  \u20acuro FROM t",
            "INSERT INTO t VALUES (1, 'a')",
            "INSERT INTO t VALUES (NULL, 'a')",
            "INSERT INTO t VALUES (-1, 'a')",
            "INSERT INTO child VALUES (1, 99)",
            "SELECT 1 / 0",
            "SELECT 'x'::int",
            "INSERT INTO t VALUES (5, 'longer than five')",
            "SELECT missing(1, 'a')",
            "SELECT inner_fails(3)",
            "DO $$BEGIN RAISE EXCEPTION USING ERRCODE = 'P0042', MESSAGE = 'it''s\n\u20ac', DETAIL = 'd', HINT = 'h',"
                    + " COLUMN = 'c', CONSTRAINT = 'k', DATATYPE = 'y', TABLE = 't', SCHEMA = 's'; END$$",
            "DO $$BEGIN RAISE EXCEPTION '%', repeat('long ', 20000); END$$",
            "DO $$BEGIN PERFORM 1; SELEKT 2; END$$",
            "DO $$BEGIN EXECUTE 'SELECT missing'; END$$",
            "DROP TABLE t",
            "CREATE TABLE t (id int)",
            "SELECT 2147483647 + 1",
            "SELECT (SELECT id FROM generate_series(1, 2) id)",
            "ALTER TABLE t ADD COLUMN id int",
            "VACUUM missing",
            "COMMIT PREPARED 'nothing like it'",
            "SET no.such = 1; SET missing_setting = 1",
            "SELECT pg_sleep(5) FROM (SELECT set_config('statement_timeout', '0', true)) x, missing");

    private static final String[] TABLES = {
        "CREATE TABLE t (id int PRIMARY KEY CHECK (id > 0), name varchar(5))",
        "INSERT INTO t VALUES (1, 'one')",
        "CREATE TABLE child (id int, parent int CONSTRAINT has_parent REFERENCES t)",
        "CREATE FUNCTION inner_fails(n int) RETURNS int LANGUAGE plpgsql AS"
                + " $$BEGIN IF n = 0 THEN RETURN 1 / n; END IF; RETURN inner_fails(n - 1); END$$"
    };

    private static String state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState().name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void everyField(String mode) {
        Both.same(stage -> {
            stage.given(TABLES);
            Connection connection = stage.connect("preferQueryMode", mode);
            for (String sql : FAILING) {
                stage.run(connection, sql);
                stage.prepared(connection, sql);
                stage.seen().saw("state", state(connection));
            }
            stage.run(connection, "SELECT count(*) FROM t");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void inATransactionAndAfter(String mode) {
        Both.same(stage -> {
            stage.given(TABLES);
            Connection connection = stage.connect("preferQueryMode", mode);
            connection.setAutoCommit(false);
            for (String sql : FAILING.subList(0, 8)) {
                stage.run(connection, "INSERT INTO t VALUES (7, 'seven')");
                stage.run(connection, sql);
                stage.seen().saw("state", state(connection));
                stage.run(connection, "SELECT 1");
                stage.seen().done("commit", connection::commit);
                stage.seen().saw("state", state(connection));
                stage.seen().done("rollback", connection::rollback);
                stage.run(connection, "SELECT count(*) FROM t");
                connection.rollback();
            }
        });
    }

    @Test
    void silentRollbackAtCommit() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            connection.setAutoCommit(false);
            stage.run(connection, "CREATE TABLE d (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
            connection.commit();
            stage.run(connection, "INSERT INTO d VALUES (1), (1)");
            stage.seen().done("commit fails at its end", connection::commit);
            stage.seen().saw("state", state(connection));
            stage.run(connection, "SELECT count(*) FROM d");
        });
    }

    @Test
    void serverDetailCanBeLeftOut() {
        Both.same(stage -> {
            stage.given(TABLES);
            stage.run(stage.connect("logServerErrorDetail", "false"), "INSERT INTO t VALUES (1, 'a')");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"reWriteBatchedInserts=false", "reWriteBatchedInserts=true", "preferQueryMode=simple"})
    void inABatch(String setting) {
        Both.same(stage -> {
            stage.given(TABLES);
            Connection connection = stage.connect(setting.split("=", 2));
            for (boolean auto : new boolean[] {true, false}) {
                connection.setAutoCommit(auto);
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                    for (int id : new int[] {10, 11, 1, 12, 13}) {
                        insert.setInt(1, id);
                        insert.setString(2, "x");
                        insert.addBatch();
                    }
                    stage.seen().outcome("prepared batch", insert::executeBatch);
                    stage.seen().outcome("again, empty", insert::executeBatch);
                }
                if (!auto) {
                    connection.rollback();
                }
                try (Statement batch = connection.createStatement()) {
                    batch.addBatch("UPDATE t SET name = 'two'");
                    batch.addBatch("SELECT 1");
                    batch.addBatch("INSERT INTO t VALUES (20, 'x')");
                    stage.seen().outcome("batch with a result", batch::executeBatch);
                    batch.clearBatch();
                    batch.addBatch("DELETE FROM t WHERE id > 5");
                    batch.addBatch("SELEC");
                    batch.addBatch("DELETE FROM t");
                    stage.seen().outcome("batch", batch::executeBatch);
                }
                if (!auto) {
                    connection.rollback();
                }
                stage.run(connection, "SELECT count(*) FROM t");
            }
        });
    }

    @Test
    void deadlock() {
        Both.same(stage -> {
            stage.given("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1), (2)");
            Connection victim = stage.connect();
            Connection other = stage.connect();
            int pid = stage.pid(other);
            stage.pid(victim);
            for (Connection each : List.of(victim, other)) {
                each.setAutoCommit(false);
                try (Statement set = each.createStatement()) {
                    set.execute("SET deadlock_timeout = " + (each == victim ? "'10ms'" : "'60s'"));
                    set.execute("UPDATE a SET id = id WHERE id = " + (each == victim ? 1 : 2));
                    try (var row = set.executeQuery("SELECT pg_current_xact_id()")) {
                        row.next();
                        stage.seen().hide(row.getString(1), each == victim ? "victim" : "other");
                    }
                }
            }
            Callable<Integer> waiting =
                    stage.meanwhile(() -> other.createStatement().executeUpdate("UPDATE a SET id = id WHERE id = 1"));
            stage.await(pid, "wait_event_type = 'Lock'");
            stage.run(victim, "UPDATE a SET id = id WHERE id = 2");
            victim.rollback();
            stage.seen().outcome("the other goes on", waiting);
            other.commit();
        });
    }

    @Test
    void lockNotAvailableAndSerialization() {
        Both.same(stage -> {
            stage.given("CREATE TABLE a (id int PRIMARY KEY, n int)", "INSERT INTO a VALUES (1, 1)");
            Connection holder = stage.other();
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE a SET n = 2");
            Connection connection = stage.connect();
            stage.run(connection, "SELECT * FROM a FOR UPDATE NOWAIT");
            stage.run(connection, "SET lock_timeout = '50ms'");
            stage.run(connection, "UPDATE a SET n = 3");
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            stage.run(connection, "SELECT n FROM a");
            holder.commit();
            stage.run(connection, "UPDATE a SET n = 3");
            stage.seen().done("rollback", connection::rollback);
            stage.run(connection, "UPDATE a SET n = 3");
        });
    }
}
