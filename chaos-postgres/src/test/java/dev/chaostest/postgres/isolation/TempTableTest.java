// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class TempTableTest {

    private final DataSource admin = IsolationTestServer.admin();

    @Test
    void itsOwnSessionSeesItAndNobodyElse() throws SQLException {
        try (Connection own = admin.getConnection();
                Connection other = admin.getConnection();
                TempTable table = TempTable.create(own, "chaos draft", "id int PRIMARY KEY")) {
            Sql.run(own, "INSERT INTO \"chaos draft\" VALUES (1)");
            assertThat(Sql.column(own, "SELECT id FROM " + table.qualified())).containsExactly("1");
            assertThatThrownBy(() -> Sql.run(other, "SELECT * FROM \"chaos draft\""))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
        }
    }

    @Test
    void closingDropsItAndTwiceIsHarmless() throws SQLException {
        try (Connection own = admin.getConnection()) {
            TempTable table = TempTable.create(own, "gone", "");
            table.close();
            table.close();
            assertThat(Sql.column(own, "SELECT to_regclass('pg_temp.gone')")).containsExactly("null");
        }
    }

    @Test
    void itHidesATableOfTheSameNameAndNeverDropsThat() throws SQLException {
        try (TestDatabase database = TestDatabase.create(admin, DatabaseOptions.ofDefaults(Run.random()));
                Connection own = new Databases(admin).connect(database)) {
            Sql.run(own, "CREATE TABLE account (id int)", "INSERT INTO account VALUES (7)");
            TempTable hiding = TempTable.create(own, "account", "id int");
            assertThat(Sql.column(own, "SELECT count(*) FROM account")).containsExactly("0");
            Sql.run(own, "DROP TABLE account");
            hiding.close();
            assertThat(Sql.column(own, "SELECT id FROM account")).containsExactly("7");
        }
    }

    @Test
    void aFailedTransactionOrALostSessionEndsItAnyway() throws SQLException {
        try (Connection own = admin.getConnection();
                Connection lost = admin.getConnection()) {
            own.setAutoCommit(false);
            TempTable table = TempTable.create(own, "half", "id int");
            assertThatThrownBy(() -> Sql.run(own, "SELECT 1/0")).isInstanceOf(SQLException.class);
            table.close();
            own.rollback();
            assertThat(Sql.column(own, "SELECT to_regclass('pg_temp.half')")).containsExactly("null");

            TempTable other = TempTable.create(lost, "half", "id int");
            String pid = Sql.column(lost, "SELECT pg_backend_pid()").get(0);
            Sql.run(own, "SELECT pg_terminate_backend(" + pid + ", 30000)");
            other.close();
        }
    }

    @Test
    void columnsThatAreNoneAreTold() throws SQLException {
        try (Connection own = admin.getConnection()) {
            assertThatThrownBy(() -> TempTable.create(own, "draft", "id integre"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Temporary table \"draft\" must be creatable with columns (id integre), but the server"
                            + " answered 42704: ERROR: type \"integre\" does not exist\n  Position: 36. Write them as"
                            + " between the parentheses of CREATE TABLE.");
        }
    }

    @Test
    void aNameThatIsNoneIsRefused() throws SQLException {
        try (Connection own = admin.getConnection()) {
            assertThatThrownBy(() -> TempTable.create(own, "", "id int"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A temporary table name must have 1 to 63 bytes in UTF-8 without NUL, but was \"\" with 0."
                                    + " Use for example \"draft\".");
        }
    }
}
