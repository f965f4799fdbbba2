// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.ChaosCut;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PoolSize;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.pool.ConnectionGroup;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** What is left of a transaction that fails: nothing. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.TRANSACTION)
class RollbackTest {

    private static final String INSERT = "INSERT INTO entry (branch, message) VALUES ('main', 'x')";
    private static final String ENTRIES = "SELECT count(*) FROM entry";
    private static final String TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";

    @ChaosTest
    void tablesOfAFailedTransactionWereNeverMade(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, "CREATE TABLE one (id int)");
                    run(transaction, "CREATE TABLE two (id int)");
                    run(transaction, "this is no SQL");
                })))
                .isEqualTo("42601");

        assertThat(number(shop, TABLES)).isEqualTo(4);
    }

    @ChaosTest
    void aSavepointTakesBackWhatCameAfterIt(DataSource shop) throws SQLException {
        inTransaction(shop, transaction -> {
            run(transaction, "CREATE TABLE kept (id int)");
            Savepoint savepoint = transaction.setSavepoint();
            run(transaction, "CREATE TABLE taken_back (id int)");
            transaction.rollback(savepoint);
        });

        assertThat(number(shop, TABLES)).isEqualTo(5);
        assertThat(state(() -> run(shop, "SELECT FROM taken_back"))).isEqualTo("42P01");
    }

    @ChaosTest
    void anInnerFailureLeavesTheOuterWork(DataSource shop) throws SQLException {
        inTransaction(shop, transaction -> {
            run(transaction, INSERT);
            Savepoint inner = transaction.setSavepoint();
            assertThat(state(() -> run(transaction, "INSERT INTO account VALUES (1, 'twice', 0)")))
                    .isEqualTo("23505");
            transaction.rollback(inner);
        });

        assertThat(number(shop, ENTRIES)).isEqualTo(1);
    }

    @ChaosTest
    void threeTablesFailTogether(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, INSERT);
                    run(transaction, "INSERT INTO branch VALUES ('new')");
                    run(transaction, "INSERT INTO account VALUES ('no number', 'dora', 0)");
                })))
                .isEqualTo("22P02");

        assertThat(number(shop, ENTRIES)).isZero();
        assertThat(number(shop, "SELECT count(*) FROM branch")).isEqualTo(3);
    }

    @ChaosTest
    void aTriggerThatRaisesTakesBackItsStatement(DataSource shop) throws SQLException {
        run(shop, """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'too rich' USING ERRCODE = 'P0100'; END $$""");
        run(shop, """
                CREATE TRIGGER limit_of_100 AFTER UPDATE ON account FOR EACH ROW
                WHEN (NEW.balance > 100000) EXECUTE FUNCTION refuse()""");

        assertThat(state(() -> run(shop, "UPDATE account SET balance = balance * 1000")))
                .isEqualTo("P0100");
        assertThat(number(shop, "SELECT sum(balance) FROM account")).isEqualTo(3000);
    }

    @ChaosTest
    void anInsertOfManyRowsIsAllOrNothing(DataSource shop) throws SQLException {
        String tenWithOneTwice =
                "INSERT INTO account SELECT 10 + n % 9, 'owner ' || n, 0 FROM generate_series(1, 10) n";

        assertThat(state(() -> run(shop, tenWithOneTwice))).isEqualTo("23505");
        assertThat(number(shop, "SELECT count(*) FROM account")).isEqualTo(3);
    }

    @ChaosTest
    void anOrphanTakesItsParentBack(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, "INSERT INTO branch VALUES ('parent')");
                    run(transaction, "INSERT INTO entry (branch, message) VALUES ('nobody', 'orphan')");
                })))
                .isEqualTo("23503");

        assertThat(number(shop, "SELECT count(*) FROM branch WHERE name = 'parent'"))
                .isZero();
    }

    @ChaosTest
    void aSwallowedFailureTakesBackWhatCameBeforeItAndCommitDoesNotSay(DataSource shop) throws SQLException {
        inTransaction(shop, transaction -> {
            run(transaction, INSERT);
            assertThat(state(() -> run(transaction, "SELECT 1 / 0"))).isEqualTo("22012");
            assertThat(state(() -> run(transaction, INSERT))).isEqualTo("25P02");
        });

        assertThat(number(shop, ENTRIES)).as("the server rolled back at COMMIT").isZero();
    }

    @ChaosTest
    @ChaosCut(on = "COMMIT")
    void aClientThatDiesBeforeItsCommitLeavesNothing(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> run(transaction, INSERT))))
                .isEqualTo("08006");

        assertThat(number(shop, ENTRIES)).isZero();
    }

    @ChaosTest
    @PoolSize(2)
    void anOpenTransactionIsSeenByItselfOnly(ConnectionGroup two) throws SQLException {
        Connection writer = two.get(0);
        writer.setAutoCommit(false);
        run(writer, INSERT);

        assertThat(number(writer, ENTRIES)).isEqualTo(1);
        assertThat(number(two.get(1), ENTRIES)).isZero();

        writer.commit();
        assertThat(number(two.get(1), ENTRIES)).isEqualTo(1);
    }

    @ChaosTest
    void aSequenceDoesNotGoBackWithItsTransaction(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, INSERT);
                    run(transaction, "SELECT 1 / 0");
                })))
                .isEqualTo("22012");
        run(shop, INSERT);

        assertThat(number(shop, "SELECT id FROM entry"))
                .as("1 is lost, which is no error")
                .isEqualTo(2);
    }
}
