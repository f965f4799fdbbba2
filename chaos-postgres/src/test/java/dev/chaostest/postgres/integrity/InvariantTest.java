// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvariantTest {

    private TestSchema schema;
    private Sql sql;
    private Integrity integrity;

    @BeforeEach
    void open() {
        schema = TestSchema.create(
                IsolationTestServer.admin(),
                SchemaOptions.ofDefaults(Run.random()).withPrefix("a\"b"));
        sql = new Sql(DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres")
                .withProperties(schema.driverProperties())
                .unpooled());
        sql.run(
                "CREATE TABLE account (id int PRIMARY KEY, balance numeric); INSERT INTO account VALUES (1, 10), (2, 10.0)",
                "CREATE TABLE entry (id int, account int, sandbox text)");
        integrity = Integrity.of(IsolationTestServer.admin(), schema.name());
    }

    @AfterEach
    void close() {
        schema.close();
    }

    @Test
    void aValueMustBeWhatItWasWhenItWasRemembered() {
        integrity.remember(
                Invariant.of("money", "SELECT sum(balance) FROM account"),
                Invariant.of("entries", "SELECT count(*) FROM entry"));
        sql.run(
                "UPDATE account SET balance = balance - 5 WHERE id = 1",
                "UPDATE account SET balance = balance + 5 WHERE id = 2");
        integrity.assertRemembered();

        sql.run("UPDATE account SET balance = balance - 5 WHERE id = 1");

        assertThatThrownBy(integrity::assertRemembered)
                .isInstanceOf(AssertionError.class)
                .hasMessage("Every invariant must hold, but 1 of 2 does not. Look at what was written."
                        + "\n  money: expected 20.0, found 15.0");
    }

    @Test
    void aValueMustBeTheOneThatIsExpectedAndNumbersAreEqualByValue() {
        Invariant.Value money = Invariant.of("money", "SELECT sum(balance) FROM account");
        integrity.assertHolds(
                money.expecting("20"), Invariant.of("none", "SELECT NULL").expecting("NULL"));
        assertThatThrownBy(() -> integrity.assertHolds(
                        money.expecting("21"),
                        Invariant.of("name", "SELECT 'x'").expecting("y")))
                .hasMessage("Every invariant must hold, but 2 of 2 do not. Look at what was written."
                        + "\n  money: expected 21, found 20.0\n  name: expected y, found x");
    }

    @Test
    void aThingHasOneOwner() {
        Invariant owner = Invariant.unique("owner", "SELECT sandbox FROM entry -- all of them");
        sql.run("INSERT INTO entry VALUES (1, 1, 'a'), (2, 1, 'b')");
        integrity.assertHolds(owner);

        sql.run("INSERT INTO entry VALUES (3, 2, 'a'), (4, 3, 'a')");

        assertThatThrownBy(() -> integrity.assertHolds(owner))
                .hasMessage(
                        "Every invariant must hold, but 1 of 1 does not. Look at what was written."
                                + "\n  owner: expected rows that are all different, found the same several times, 1: (a) 3 times");
    }

    @Test
    void nothingOfAKindMayBeThere() {
        Invariant overdrawn = Invariant.empty("overdrawn", "SELECT id FROM account WHERE balance < 0");
        integrity.assertHolds(overdrawn);
        sql.run("UPDATE account SET balance = -1");
        assertThatThrownBy(() -> integrity.assertHolds(overdrawn))
                .hasMessage("Every invariant must hold, but 1 of 1 does not. Look at what was written."
                        + "\n  overdrawn: expected no row, found 2: (1), (2)");
    }

    @Test
    void aQueryThatGivesNoValueIsAnError() {
        assertThatThrownBy(() -> integrity.remember(Invariant.of("two", "SELECT 1, 2")))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Invariant \"two\" must give one row with one column, but gave 2 columns. Select one value, such as "
                                + "a sum.");
        assertThatThrownBy(() -> integrity.remember(Invariant.of("none", "SELECT 1 WHERE false")))
                .hasMessage(
                        "Invariant \"none\" must give one row with one column, but gave no row. Select one value, such as a "
                                + "sum.");
        assertThatThrownBy(() -> integrity.remember(Invariant.of("rows", "SELECT id FROM account")))
                .hasMessage(
                        "Invariant \"rows\" must give one row with one column, but gave more rows. Select one value, such "
                                + "as a sum.");
        assertThatThrownBy(() -> integrity.assertHolds(Invariant.of("open", "SELECT 1")))
                .hasMessage(
                        "Invariant \"open\" must have a value to be compared with, but has none. Remember it before the "
                                + "test writes, or say expecting(...).");
        assertThatThrownBy(integrity::assertRemembered)
                .hasMessage(
                        "A value must be remembered before it can be compared, but none is. Call remember(...) before the "
                                + "test writes.");
    }

    @Test
    void aQueryThatWritesIsRefusedByTheServer() {
        assertThatThrownBy(() -> integrity.assertHolds(
                        Invariant.of("w", "DELETE FROM account RETURNING 1").expecting("1")))
                .isInstanceOf(ChaosException.class)
                .rootCause()
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("25006");
        assertThat(sql.column("SELECT count(*) FROM account")).containsExactly("2");
    }

    @Test
    void rowsOfOneTransactionAreToldFromThoseOfTwo() {
        sql.run("BEGIN; INSERT INTO account VALUES (3, 1); INSERT INTO entry VALUES (1, 3, 'x'); COMMIT");
        sql.run("INSERT INTO entry VALUES (2, 3, 'y')");
        StoredRow account = StoredRow.of("account", "id", 3);
        StoredRow first = StoredRow.of("entry", "sandbox", "x");
        StoredRow second = StoredRow.of("entry", "id", "2");

        integrity.assertSameTransaction(account, first);
        assertThat(integrity.isSameTransaction(account, second)).isFalse();
        String one = sql.column("SELECT xmin FROM account WHERE id = 3").get(0);
        String other = sql.column("SELECT xmin FROM entry WHERE id = 2").get(0);
        assertThatThrownBy(() -> integrity.assertSameTransaction(account, second))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "the row of account with id = 3 and the row of entry with id = 2 must be written by one transaction, "
                                + "but have xmin " + one + " and " + other
                                + ". Write them in one transaction; if the code uses "
                                + "savepoints, ask Writes.assertTogether instead.");
    }

    @Test
    void aRowThatWasFrozenStillTellsItsTransaction() {
        sql.run(
                "BEGIN; INSERT INTO account VALUES (3, 1); INSERT INTO entry VALUES (1, 3, 'x'); COMMIT",
                "VACUUM (FREEZE) account");
        integrity.assertSameTransaction(StoredRow.of("account", "id", 3), StoredRow.of("entry", "id", 1));
    }

    @Test
    void aRowBehindASavepointHasAnotherId() {
        sql.run("BEGIN; INSERT INTO account VALUES (3, 1); SAVEPOINT s; INSERT INTO entry VALUES (1, 3, 'x'); COMMIT");
        assertThat(integrity.isSameTransaction(StoredRow.of("account", "id", 3), StoredRow.of("entry", "id", 1)))
                .isFalse();
    }

    @Test
    void aRowThatIsNotThereOrNotAloneIsAnError() {
        sql.run("INSERT INTO entry VALUES (1), (1)");
        assertThatThrownBy(() ->
                        integrity.isSameTransaction(StoredRow.of("account", "id", 9), StoredRow.of("account", "id", 1)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("the row of account with id = 9 must be there, but is not. Check its value.");
        assertThatThrownBy(() ->
                        integrity.isSameTransaction(StoredRow.of("entry", "id", 1), StoredRow.of("account", "id", 1)))
                .hasMessage("the row of entry with id = 1 must be one row, but there are several. Name it by its key.");
    }

    @Test
    void aNumberThatIsNullIsNone() {
        sql.run("INSERT INTO entry (id, account) VALUES (-1, 1), (NULL, 2), (1, 3)");
        assertThatThrownBy(() -> integrity.sequence("SELECT id FROM entry ORDER BY account"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A sequence must have a number in each row, but row 2 has NULL. Leave such rows out with"
                        + " IS NOT NULL.");
    }

    @Test
    void numbersAreReadInTheOrderOfTheQuery() {
        sql.run("INSERT INTO entry (id, account) VALUES (3, 1), (1, 2), (7, 3)");
        SequenceReport report = integrity.sequence("SELECT id FROM entry ORDER BY account");
        assertThat(report.late()).containsExactly(new SequenceReport.Late(1, 3));
        assertThat(report.gaps()).containsExactly(new SequenceReport.Gap(2, 2), new SequenceReport.Gap(4, 6));
    }
}
