// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.Turn;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which rounds are red for what they left in the tables, and in which words. */
@Timeout(120)
class SweepJudgeTest {

    private static final Rule FAILED = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.of("40001"));
    private static final Rule NOT_COMMITTED = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.BEFORE));
    private static final Rule REPLY_LOST = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER));

    @Test
    void allAndNothingAreBothRight() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            assertThat(bank.round(Transfers::transfer)).isEqualTo(Judgement.fine());
            assertThat(bank.round(Transfers::transfer, FAILED)).isEqualTo(Judgement.fine());
            assertThat(bank.round(Transfers::transfer, NOT_COMMITTED)).isEqualTo(Judgement.fine());
            assertThat(bank.round(Transfers::transfer, REPLY_LOST)).isEqualTo(Judgement.fine());
        }
    }

    @Test
    void aPartIsWrongWhereTheTestAsksForAllOrNothing() {
        SweptBank.Work piecemeal = Transfers::piecemeal;
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(piecemeal)) {
            assertThat(bank.round(piecemeal, FAILED)).isEqualTo(Judgement.fine());

            bank.sweep().allOrNothing();

            assertThat(bank.round(piecemeal, FAILED).wrong())
                    .containsExactly(
                            "state    : expected all or nothing of what the clean round changed, found a part of it",
                            "done     : account id=1: balance 1000 -> 900",
                            "missing  : account id=2: balance 1000 -> 1100",
                            "           entry added id=*, account=1, amount=-100, at=*",
                            "           entry added id=*, account=2, amount=100, at=*");
        }
    }

    @Test
    void whoReturnsNormallyMustHaveDoneAll() {
        SweptBank.Work swallows = bank -> {
            try {
                Transfers.transfer(bank);
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("40001");
            }
        };
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(swallows)) {
            assertThat(bank.round(swallows, FAILED).wrong())
                    .containsExactly(
                            "state    : expected all that the clean round changed, since the test returned normally, found"
                                    + " nothing changed",
                            "missing  : account id=1: balance 1000 -> 900",
                            "           account id=2: balance 1000 -> 1100",
                            "           entry added id=*, account=1, amount=-100, at=*",
                            "           and 1 more row");
        }
    }

    @Test
    void whoDoesItTwiceIsWrong() {
        SweptBank.Work retries = bank -> {
            try {
                Transfers.transfer(bank);
            } catch (SQLException e) {
                Transfers.transfer(bank);
            }
        };
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(retries)) {
            assertThat(bank.round(retries, FAILED)).isEqualTo(Judgement.fine());
            assertThat(bank.round(retries, NOT_COMMITTED)).isEqualTo(Judgement.fine());
            assertThat(bank.round(retries, REPLY_LOST).wrong())
                    .containsExactly(
                            "state    : expected all that the clean round changed, since the test returned normally, found"
                                    + " something else",
                            "done     : entry added id=*, account=1, amount=-100, at=*",
                            "           entry added id=*, account=2, amount=100, at=*",
                            "missing  : account id=1: balance 1000 -> 900",
                            "           account id=2: balance 1000 -> 1100",
                            "besides  : account id=1: balance 1000 -> 800",
                            "           account id=2: balance 1000 -> 1200",
                            "           entry added id=*, account=1, amount=-100, at=*",
                            "           and 1 more row");
        }
    }

    @Test
    void aNewRowThatRefersToAnotherThanItShouldIsWrong() {
        String[] orders = {
            "CREATE TABLE orders (id serial PRIMARY KEY, what text)",
            "CREATE TABLE line (orders int REFERENCES orders, piece text)"
        };
        AtomicInteger wrongs = new AtomicInteger();
        SweptBank.Work order = bank -> {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                String first = id(connection, "INSERT INTO orders (what) VALUES ('first') RETURNING id");
                String second = id(connection, "INSERT INTO orders (what) VALUES ('second') RETURNING id");
                String last = wrongs.get() > 0 ? first : second;
                Transfers.run(
                        connection,
                        "INSERT INTO line VALUES (" + first + ", 'a')",
                        "INSERT INTO line VALUES (" + last + ", 'b')");
                connection.commit();
            }
        };
        try (SweptBank bank = new SweptBank(orders).learn(order)) {
            assertThat(bank.round(order)).isEqualTo(Judgement.fine());
            wrongs.set(1);
            assertThat(bank.round(order).wrong()).first().asString().endsWith("found something else");
        }
    }

    private static String id(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void whatTheTestSetsUpAnewEachTimeDoesNotCount() {
        SweptBank.Work bonus = bank -> run(
                bank, "UPDATE entry SET amount = 7 WHERE amount = 5", "UPDATE account SET owner = 'Cy' WHERE id = 3");
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.setUp(source -> run(source, "INSERT INTO entry (account, amount) VALUES (1, 5), (2, 6)"));
            bank.learn(bonus);

            assertThat(bank.round(bonus)).isEqualTo(Judgement.fine());
            assertThat(bank.round(source -> {}).wrong())
                    .contains("missing  : account id=3: owner NULL -> Cy", "           entry id=*: amount 5 -> 7");
        }
    }

    private static void run(DataSource bank, String... statements) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            Transfers.run(connection, statements);
        }
    }

    @Test
    void timesThatTwoRoundsOfOneSecondWriteAlikeDoNotCount() {
        SweptBank.Work stamps = bank -> run(
                bank,
                "INSERT INTO stamp SELECT now()::timestamp(0), now()::timestamptz(0), current_date, now()::time(0),"
                        + " extract(epoch FROM now())::bigint, 1");
        try (SweptBank bank = new SweptBank(
                "CREATE TABLE stamp (t timestamp(0), z timestamptz(0), d date, h time(0), e bigint, n bigint)")) {
            bank.learn(stamps);

            assertThat(bank.round(source -> run(
                            source,
                            "INSERT INTO stamp VALUES ('2001-01-01', '2001-01-01', '2001-01-01', '00:00:01', 5, 1)")))
                    .isEqualTo(Judgement.fine());
            assertThat(bank.round(source ->
                                    run(source, "INSERT INTO stamp VALUES ('2001-01-01', NULL, NULL, NULL, 5, 1)"))
                            .wrong())
                    .contains("besides  : stamp added t=*, z=NULL, d=NULL, h=NULL, e=*, n=1");
        }
    }

    @Test
    void documentsThatSayWhenTheyWereMadeDoNotCount() {
        SweptBank.Work tells = bank -> run(
                bank,
                "INSERT INTO message SELECT '{\"at\":\"' || to_char(now(), 'YYYY-MM-DD\"T\"HH24:MI:SSOF') || '\"}',"
                        + " json_build_object('iat', extract(epoch FROM now())::bigint), ARRAY[now()::timestamptz(0)],"
                        + " '9999-99-99 on ' || current_date, 'of 2001-01-01T00:00:01, no. 1000000000123'");
        try (SweptBank bank =
                new SweptBank("CREATE TABLE message (t text, j jsonb, a timestamptz[], d varchar(40), same text)")) {
            bank.learn(tells);

            assertThat(
                            bank.round(
                                    source -> run(
                                            source,
                                            "INSERT INTO message VALUES ('other', '1', '{}', '', 'of 2001-01-01T00:00:01, no. 1000000000123')")))
                    .isEqualTo(Judgement.fine());
            assertThat(bank.round(source -> run(source, "INSERT INTO message VALUES ('', '1', '{}', '', 'of 2001')"))
                            .wrong())
                    .contains("besides  : message added t=*, j=*, a=*, d=*, same=of 2001");
        }
    }

    @Test
    void columnsThatTheTestNamesDoNotCount() {
        AtomicInteger version = new AtomicInteger();
        SweptBank.Work touches = bank -> {
            run(bank, "UPDATE account SET owner = 'v" + version.get() + "', balance = 7 WHERE id = 3");
            run(bank, "UPDATE account SET owner = 'v" + version.get() + "' WHERE id = 2");
        };
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.sweep().ignoring("account.owner");
            bank.learn(touches);
            version.set(1);

            assertThat(bank.round(touches)).isEqualTo(Judgement.fine());
        }
    }

    @Test
    void whereTwoRoundsWithoutFaultsDifferNothingIsCompared() {
        AtomicInteger count = new AtomicInteger();
        SweptBank.Work differs = bank -> run(bank, "DELETE FROM account WHERE id > " + count.incrementAndGet());
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(differs)) {
            assertThat(bank.round(differs).told())
                    .containsExactly("state    : not compared, since two rounds without faults changed different rows");
        }
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.sweep().allOrNothing();
            count.set(0);
            assertThatThrownBy(() -> bank.learn(differs))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "allOrNothing() must have rounds without faults that change the same, but two rounds without"
                                    + " faults changed different rows. Use ignoring(...) for columns that may differ, and leave"
                                    + " tables out of the test that it need not change.");
        }
    }

    @Test
    void whereDefinitionsChangeNothingIsComparedAndASpaceMadeAnewGoesOn() {
        SweptBank.Work defines = bank -> run(bank, "CREATE TABLE IF NOT EXISTS fresh (id int)");
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            assertThat(bank.round(new Turn.Clean(false), defines)).isEqualTo(Judgement.fine());
            assertThat(bank.space().begin(true)).isFalse();

            try (SweptSpace anew = bank.newSpace()) {
                bank.judge().moveTo(anew);
                bank.judge().begins(new Turn.Clean(true));
                assertThat(anew.begin(false)).isTrue();
            }
        }
    }

    @Test
    void whoWorksOnInAFailedTransactionIsToldWithItsStatement() {
        SweptBank.Work worksOn = bank -> {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    Transfers.run(connection, "UPDATE account SET balance = 1 WHERE id = 1");
                } catch (SQLException e) {
                    Transfers.run(connection, "INSERT INTO entry (amount) VALUES (42)");
                }
                connection.commit();
            }
        };
        Rule failed = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(worksOn)) {
            assertThat(bank.round(worksOn, failed).wrong())
                    .singleElement()
                    .asString()
                    .matches(
                            "25P02    : INSERT INTO entry \\(amount\\) VALUES \\(\\?\\) from Transfers\\.run:\\d+ was sent though its"
                                    + " transaction had failed; roll back first");
            assertThat(bank.round(worksOn)).isEqualTo(Judgement.fine());
        }
    }

    @Test
    void aTableThatOnlyARoundWithAFaultLeavesBehindIsFound() {
        SweptBank.Work stages = bank -> {
            try (Connection connection = bank.getConnection()) {
                Transfers.run(connection, "CREATE TABLE staged (id int)");
                try {
                    Transfers.run(connection, "UPDATE account SET balance = 1 WHERE id = 1");
                    Transfers.run(connection, "DROP TABLE staged");
                } catch (SQLException swallowed) {
                    assertThat(swallowed.getSQLState()).isEqualTo("40001");
                }
            }
        };
        Rule failed = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(stages)) {
            assertThat(bank.round(stages).wrong()).isEmpty();
            assertThat(bank.round(stages, failed).wrong())
                    .containsExactly(
                            "state    : expected the tables to be defined as the clean round left them, found them changed");
        }
    }

    @Test
    void whatATestDoesInAFailedTransactionWithoutFaultsTooItMeans() {
        SweptBank.Work means = bank -> {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                for (String sql : new String[] {"SELECT 1 / 0", "SELECT 1"}) {
                    try {
                        Transfers.run(connection, sql);
                    } catch (SQLException e) {
                        assertThat(e.getSQLState()).isIn("22012", "25P02");
                    }
                }
                connection.rollback();
            }
        };
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(means)) {
            assertThat(bank.round(means)).isEqualTo(Judgement.fine());
        }
    }

    @Test
    void whatIsRolledBackOrAskedByThePoolItselfIsNoWorkInAFailedTransaction() {
        SweptBank.Work careful = bank -> {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                var savepoint = connection.setSavepoint();
                try {
                    Transfers.run(connection, "UPDATE account SET balance = 1 WHERE id = 1");
                } catch (SQLException e) {
                    assertThat(connection.isValid(30)).isTrue();
                    connection.rollback(savepoint);
                }
                Transfers.run(connection, "UPDATE account SET balance = 1 WHERE id = 2");
                connection.rollback();
            }
        };
        Rule failed = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(careful)) {
            assertThat(bank.round(careful, failed)).isEqualTo(Judgement.fine());
        }
    }
}
