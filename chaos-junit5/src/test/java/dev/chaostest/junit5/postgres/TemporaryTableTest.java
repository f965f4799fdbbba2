// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.isolation.TempTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@PostgresTest
class TemporaryTableTest {

    @Test
    void onlyItsOwnConnectionSeesIt(
            @TemporaryTable(value = "id int PRIMARY KEY", name = "draft") TempTable draft, DataSource database)
            throws SQLException {
        insert(draft.connection(), "INSERT INTO draft VALUES (1)");
        assertThat(Bank.ask(draft.connection(), "SELECT count(*) FROM " + draft.qualified()))
                .isEqualTo("1");
        assertThat(Bank.ask(database, "SELECT to_regclass('draft')")).isNull();
    }

    @Test
    void aRollbackInTheTestLeavesIt() {
        assertThat(Inner.run(RollbackTestCases.class).failures()).isEmpty();
    }

    @PostgresTest(autoCommit = false)
    static class RollbackTestCases {
        @Test
        void rollsBack(@TemporaryTable("id int") TempTable table) throws SQLException {
            insert(table.connection(), "INSERT INTO chaos_temp VALUES (1)");
            table.connection().rollback();
            assertThat(Bank.ask(table.connection(), "SELECT count(*) FROM chaos_temp"))
                    .isEqualTo("0");
        }
    }

    @Test
    void columnsThatAreNoneAreTold() {
        assertThat(Inner.run(WrongColumnsTestCases.class).message())
                .contains("Temporary table \"chaos_temp\" must be creatable with columns (id integre), but the server"
                        + " answered 42704: ERROR: type \"integre\" does not exist");
    }

    @PostgresTest
    static class WrongColumnsTestCases {
        @Test
        void isNeverRun(@TemporaryTable("id integre") TempTable table) {
            throw new AssertionError("ran with " + table);
        }
    }

    @Test
    void aParameterWithoutColumnsIsRefused() {
        assertThat(Inner.run(NoColumnsTestCases.class).message())
                .contains("A TempTable parameter of TemporaryTableTest$NoColumnsTestCases.isNeverRun must say its"
                        + " columns, but does not. Add @TemporaryTable(\"id int PRIMARY KEY, data text\").");
    }

    @PostgresTest
    static class NoColumnsTestCases {
        @Test
        void isNeverRun(TempTable table) {
            throw new AssertionError("ran with " + table);
        }
    }

    @Test
    void aParameterOfAnotherTypeIsRefused() {
        assertThat(Inner.run(OtherTypeTestCases.class).message())
                .contains("@TemporaryTable in TemporaryTableTest$OtherTypeTestCases.isNeverRun must be on a TempTable"
                        + " parameter, but is on a Connection. Take a TempTable; its connection() is the only one that"
                        + " sees it.");
    }

    @PostgresTest
    static class OtherTypeTestCases {
        @Test
        void isNeverRun(@TemporaryTable("id int") Connection connection) {
            throw new AssertionError("ran with " + connection);
        }
    }

    private static void insert(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
