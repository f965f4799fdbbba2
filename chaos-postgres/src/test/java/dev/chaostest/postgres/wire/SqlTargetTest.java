// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTargetTest {

    private static boolean matches(String target, String sql) {
        return SqlTarget.on(target).matches(SqlSites.site(sql));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "UPDATE account | UPDATE account SET balance = 1",
                "update ACCOUNT | UPDATE public.account a SET balance = 1",
                "UPDATE account | update \"account\" set x = 1",
                "UPDATE \"Account\" | UPDATE \"Account\" SET x = 1",
                "UPDATE account | UPDATE ONLY account SET x = 1",
                "UPDATE public.account | UPDATE public.account SET x = 1",
                "UPDATE public.account | UPDATE account SET x = 1",
                "UPDATE account | WITH x AS (SELECT 1) UPDATE account SET y = 1",
                "UPDATE account | WITH x AS (UPDATE account SET y = 1 RETURNING *) SELECT * FROM x",
                "UPDATE account | UPDATE other SET x = 1; UPDATE account SET x = 2",
                "UPDATE account | EXPLAIN UPDATE account SET x = 1",
                "INSERT INTO account | INSERT INTO account (id) VALUES (1)",
                "INSERT account | insert into account select * from b",
                "SELECT b | INSERT INTO account SELECT * FROM b",
                "DELETE FROM account | DELETE FROM account WHERE id = 1",
                "DELETE account | DELETE FROM ONLY account a USING b",
                "SELECT account | SELECT balance FROM account",
                "SELECT FROM account | SELECT 1 FROM b, account a",
                "SELECT account | SELECT 1 FROM b AS c, account",
                "SELECT account | SELECT 1 FROM b c, account",
                "SELECT account | SELECT 1 FROM b JOIN account a ON a.id = b.id",
                "SELECT account | SELECT 1 FROM (b JOIN account ON true)",
                "SELECT account | SELECT 1 FROM (SELECT 2) b, account",
                "SELECT account | SELECT 1 FROM b, (SELECT 2) c, account a WHERE true",
                "SELECT account | SELECT 1 FROM b JOIN c ON b.id = c.id, account",
                "SELECT account | SELECT 1 FROM generate_series(1, 2) AS n (id), account",
                "SELECT account | SELECT 1 FROM b JOIN c USING (id), LATERAL f(c.id), account",
                "account | UPDATE b SET x = 1 FROM (SELECT 2) c, account",
                "SELECT | (SELECT 1) UNION (SELECT 2)",
                "SELECT account | SELECT 1 WHERE EXISTS (SELECT 1 FROM account)",
                "SELECT account | SELECT * FROM account FOR UPDATE",
                "SELECT account | SELECT 1 UNION ALL SELECT 2 FROM account",
                "MERGE account | MERGE INTO account a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1",
                "TRUNCATE account | TRUNCATE TABLE b, ONLY account",
                "COPY account | COPY account (id) FROM STDIN",
                "LOCK TABLE account | LOCK TABLE account IN EXCLUSIVE MODE",
                "LOCK account | LOCK account",
                "ALTER account | ALTER TABLE IF EXISTS account ADD COLUMN x int",
                "CREATE TABLE account | CREATE TABLE IF NOT EXISTS account (id int)",
                "DROP account | DROP TABLE b, account",
                "CREATE account | CREATE INDEX i ON account (id)",
                "CALL pay | CALL pay(1)",
                "account | DELETE FROM account",
                "account | UPDATE b SET x = 1 FROM account",
                "account | MERGE INTO b USING account ON true WHEN MATCHED THEN DELETE",
                "public.account | SELECT * FROM account",
                "COMMIT | commit work",
                "commit | END",
                "BEGIN | START TRANSACTION READ ONLY",
                "ROLLBACK | ABORT",
                "UPDATE | UPDATE x SET y = 1",
                "SELECT | SELECT 1",
                "SELECT | WITH a AS (SELECT 1) SELECT * FROM a",
                "SAVEPOINT | SAVEPOINT a",
                "ROLLBACK TO | ROLLBACK TO SAVEPOINT a",
                "COMMIT PREPARED | COMMIT PREPARED 'x'",
                "PREPARE TRANSACTION | PREPARE TRANSACTION 'x'",
                "SET | SET search_path TO x",
                "COMMIT | UPDATE t SET x = 1; COMMIT",
            })
    void findsItsStatement(String target, String sql) {
        assertThat(matches(target, sql)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "UPDATE account | UPDATE account_old SET x = 1",
                "UPDATE account | SELECT * FROM account FOR UPDATE",
                "UPDATE account | SELECT * FROM b FOR UPDATE OF account",
                "UPDATE account | INSERT INTO b VALUES (1) ON CONFLICT DO UPDATE SET account = 1",
                "UPDATE account | UPDATE b SET x = 1 FROM account",
                "UPDATE account | UPDATE b SET account = 1",
                "UPDATE public.account | UPDATE other.account SET x = 1",
                "SELECT account | SELECT account FROM b",
                "SELECT account | SELECT 1 FROM b ORDER BY x, account",
                "SELECT account | SELECT 1 FROM b GROUP BY x, account HAVING true",
                "SELECT account | SELECT 1 FROM b WINDOW w AS (ORDER BY x), account AS ()",
                "SELECT account | SELECT (SELECT 1 FROM b), account",
                "account | UPDATE b SET x = (SELECT 1 FROM c), account = 2",
                "account | DELETE FROM b WHERE true RETURNING x, account",
                "account | INSERT INTO b SELECT 1 FROM c ON CONFLICT DO UPDATE SET x = 1, account = 2",
                "account | MERGE INTO b USING c ON true WHEN MATCHED THEN UPDATE SET x = 1, account = 2",
                "account | ALTER TABLE b ADD x int, ADD account int",
                "SELECT account | DELETE FROM account",
                "SELECT account | SELECT extract(year FROM account) FROM b",
                "SELECT account | SELECT 1 FROM b WHERE x IS DISTINCT FROM account",
                "SELECT account | SELECT 'FROM account'",
                "SELECT account | SELECT 1 FROM account.b",
                "DELETE account | DELETE FROM b USING account",
                "account | SELECT account FROM b",
                "COMMIT | COMMIT PREPARED 'x'",
                "COMMIT | ROLLBACK",
                "ROLLBACK | ROLLBACK TO a",
                "SELECT | INSERT INTO a SELECT * FROM b",
                "UPDATE | CREATE TRIGGER t BEFORE UPDATE ON account EXECUTE FUNCTION f()",
                "DELETE | CREATE TABLE t (id int REFERENCES b ON DELETE CASCADE)",
                "UPDATE | GRANT SELECT, UPDATE ON account TO x",
            })
    void passesOverOthers(String target, String sql) {
        assertThat(matches(target, sql)).isFalse();
    }

    @Test
    void otherSeamsAreNeverMatched() {
        Site call = new Site("call", "UPDATE account");
        assertThat(SqlTarget.on("UPDATE account").matches(call)).isFalse();
        assertThat(SqlTarget.any().matches(call)).isFalse();
        assertThat(SqlTarget.matching("UPDATE").matches(call)).isFalse();
    }

    @Test
    void patternIsFoundWhateverTheCase() {
        SqlTarget target = SqlTarget.matching("set balance = .* where id");
        assertThat(target.matches(SqlSites.site("UPDATE account SET balance = 7 WHERE id = 1")))
                .isTrue();
        assertThat(target.matches(SqlSites.site("UPDATE account SET x = 7"))).isFalse();
        assertThat(target).hasToString("/set balance = .* where id/");
    }

    @Test
    void anyLeavesOutWhatDriversAndPoolsSendByThemselves() {
        assertThat(SqlTarget.any().matches(SqlSites.site("SET application_name = 'x'")))
                .isFalse();
        assertThat(SqlTarget.any().matches(SqlSites.site("SHOW TRANSACTION ISOLATION LEVEL")))
                .isFalse();
        assertThat(SqlTarget.any().matches(SqlSites.site(""))).isFalse();
        assertThat(SqlTarget.any().matches(SqlSites.site("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")))
                .isFalse();
        assertThat(SqlTarget.any().matches(SqlSites.site("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")))
                .isFalse();
        assertThat(SqlTarget.any()
                        .matches(SqlSites.site("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; DELETE FROM account")))
                .isTrue();
        assertThat(SqlTarget.any().matches(SqlSites.site("SET work_mem = '1MB'")))
                .isTrue();
        assertThat(SqlTarget.on("SET").matches(SqlSites.site("SET application_name = 'x'")))
                .isTrue();
    }

    @Test
    void printsWhatTheUserWrote() {
        assertThat(SqlTarget.on(" UPDATE account ")).hasToString("UPDATE account");
        assertThat(SqlTarget.any()).hasToString("any statement");
    }

    @Test
    void emptyTargetSaysWhatToWrite() {
        assertThatThrownBy(() -> SqlTarget.on("  "))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "on must be a verb, a table or both, but was empty. Write for example \"UPDATE account\" or "
                                + "\"COMMIT\"; for every statement use SqlTarget.any().");
        assertThatThrownBy(() -> SqlTarget.matching(""))
                .hasMessage("matching must be a pattern to find in a statement, but was empty. "
                        + "For every statement use any().");
    }

    @Test
    void unknownVerbListsTheKnownOnes() {
        assertThatThrownBy(() -> SqlTarget.on("UPDAET account"))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("on must be a verb, a table or both, but \"UPDAET account\" begins with "
                        + "\"UPDAET\", which is none of the verbs ALTER, ANALYZE, BEGIN,")
                .hasMessageEndingWith("Write for example \"UPDATE account\", or use SqlTarget.matching for more.");
    }

    @Test
    void moreThanATableIsRefused() {
        assertThatThrownBy(() -> SqlTarget.on("UPDATE account SET x"))
                .hasMessage("on must be a verb, a table or both, but \"UPDATE account SET x\" has more behind UPDATE "
                        + "than a table. Write for example \"UPDATE account\", or use SqlTarget.matching for more.");
    }

    @Test
    void unreadablePatternIsRefused() {
        assertThatThrownBy(() -> SqlTarget.matching("a("))
                .hasMessage("matching must be a regular expression, but \"a(\" can't be read: Unclosed group. "
                        + "To find it as it stands, use Pattern.quote.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "start transaction", "ROLLBACK", "abort work", "ROLLBACK TO"})
    void noServerErrorWhereItWouldBeALie(String target) {
        assertThatThrownBy(() -> Rule.of(SqlTarget.on(target), Trigger.nth(1), ServerError.of("40001")))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("A server error must be raised where it aborts a transaction, but ");
        assertThatThrownBy(() -> Rule.of(Target.of(SqlSites.BEGIN), Trigger.nth(1), ServerError.of("40001")))
                .hasMessage("A server error must be raised where it aborts a transaction, but BEGIN can't fail so: it "
                        + "travels together with the next statement, which would then commit by itself. "
                        + "Use a Delay or a Cut there, or fail the next statement.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00000 | is no error. Use an error's state, for example \"40001\".",
                "01000 | is no error. Use an error's state, for example \"40001\".",
                "02000 | is no error. Use an error's state, for example \"40001\".",
            })
    void statesThatAreNoErrorAreRefused(String state, String why) {
        assertThatThrownBy(() -> ServerError.of(state))
                .isInstanceOf(ChaosException.class)
                .hasMessage("sqlState must be one that a statement can fail with, but " + state + " " + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08004", "53300", "57P03"})
    void statesOfAConnectNeedATargetThatConnects(String state) {
        assertThatThrownBy(() -> Rule.of(SqlTarget.any(), Trigger.nth(1), ServerError.of(state)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A server error " + state + " must be given to a client that connects, but any statement "
                        + "never connects. Use on = \"connect\".");
        Rule rule = Rule.of(SqlTarget.on("connect"), Trigger.nth(1), ServerError.of(state));
        assertThat(rule.target().matches(SqlSites.CONNECT)).isTrue();
    }

    @Test
    void lostConnectionIsNoAnswerToAConnect() {
        assertThatThrownBy(() -> Rule.of(SqlTarget.on("connect"), Trigger.nth(1), ServerError.of("08006")))
                .hasMessage("A server error at connect must be one that a client can get there, but 08006 is a "
                        + "connection that was lost later. Use 08001.");
    }

    @Test
    void disconnectCantFail() {
        assertThatThrownBy(() -> Rule.of(SqlTarget.on("disconnect"), Trigger.nth(1), ServerError.of("40001")))
                .hasMessage(
                        "A server error must be raised where it aborts a transaction, but disconnect can't fail so: "
                                + "the client does not wait for an answer. Use a Delay or a Cut there, or fail the next "
                                + "statement.");
    }

    @Test
    void wayThatDoesNotProvokeTheStateIsRefused() {
        assertThatThrownBy(() -> new ServerError(new SqlState("40001"), null, Provocation.TERMINATED))
                .hasMessage("how must be a way to provoke 40001, but was TERMINATED. Use ServerError.of(\"40001\").");
        assertThatThrownBy(() -> new ServerError(new SqlState("08006"), "gone"))
                .hasMessage("message must not be given with 08006, whose text is the driver's own, but was \"gone\". "
                        + "Leave it out.");
    }

    @Test
    void linksAndRowsAreNoStatements() {
        assertThat(SqlTarget.any().matches(SqlSites.CONNECT)).isFalse();
        assertThat(SqlTarget.any().matches(SqlSites.DISCONNECT)).isFalse();
        assertThat(SqlTarget.matching("connect").matches(SqlSites.CONNECT)).isFalse();
        assertThat(SqlTarget.on("SELECT connect").matches(SqlSites.CONNECT)).isFalse();
        assertThat(SqlTarget.on(" Connect ").matches(SqlSites.CONNECT)).isTrue();
        Site row = WireSites.row(SqlSites.site("SELECT * FROM account"));
        assertThat(SqlTarget.on("SELECT account").matches(row)).isFalse();
        assertThat(SqlTarget.on("SELECT account").rows().matches(row)).isTrue();
        assertThat(SqlTarget.on("SELECT other").rows().matches(row)).isFalse();
        assertThat(SqlTarget.on("SELECT account").rows()).hasToString("rows of SELECT account");
        assertThat(WireTarget.cancelRequest()).hasToString("wire:CancelRequest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4000", "400011", "4000a", "4000 "})
    void malformedStateIsRefused(String state) {
        assertThatThrownBy(() -> ServerError.of(state))
                .hasMessage("sqlState must be five characters out of 0-9 and A-Z, but was \"" + state
                        + "\". Use for example \"40001\" (serialization failure).");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    UPDATE account SET balance = 1          | UPDATE account
                    INSERT INTO log SELECT * FROM account   | INSERT log
                    SELECT 1 FROM bank."Order" o            | SELECT bank.order
                    SELECT 1                                | SELECT
                    commit work                             | COMMIT
                    ROLLBACK TO SAVEPOINT a                 | ROLLBACK TO
                    SET work_mem = 1                        | SET
                    WITH x AS (DELETE FROM a) SELECT 1      | DELETE a
                    SELECT * FROM "two words"               | SELECT "two words\"""")
    void aSiteIsNamedSoThatItCanBeCopied(String sql, String on) {
        Site site = SqlSites.site(sql);

        assertThat(SqlTarget.naming(site)).contains(on);
        assertThat(SqlTarget.on(on).matches(site)).isTrue();
    }

    @Test
    void theBeginAndTheEndOfASessionAreNamedByTheirSites() {
        assertThat(SqlTarget.naming(SqlSites.CONNECT)).contains("connect");
        assertThat(SqlTarget.naming(SqlSites.DISCONNECT)).contains("disconnect");
    }

    @Test
    void rowsAreNamedByTheirStatement() {
        Site rows = WireSites.row(SqlSites.site("SELECT * FROM account"));

        assertThat(SqlTarget.naming(rows)).contains("SELECT account");
        assertThat(SqlTarget.naming(WireSites.CANCEL_REQUEST)).isEmpty();
    }

    @Test
    void whatCannotBeNamedHasNoName() {
        assertThat(SqlTarget.naming(SqlSites.site(""))).isEmpty();
        assertThat(SqlTarget.naming(new Site("call", "UPDATE account"))).isEmpty();
    }
}
