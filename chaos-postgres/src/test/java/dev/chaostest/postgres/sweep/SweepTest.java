// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.Turn;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a test says about its sweep. */
@Timeout(120)
class SweepTest {

    private static final Rule FAILED = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.of("40001"));

    private final SweptBank bank = new SweptBank(SweptBank.TABLES);
    private final Sweep sweep = bank.sweep();

    @AfterEach
    void close() {
        bank.close();
    }

    @Test
    void anInvariantThatARoundBreaksIsTold() {
        SweptBank.Work piecemeal = source -> {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            sweep.invariant("names", "SELECT id, owner FROM account WHERE id > 1 ORDER BY id");
            sweep.invariant("nothing", "SELECT 1 WHERE false");
            Transfers.piecemeal(source);
        };
        bank.learn(piecemeal);

        assertThat(bank.round(piecemeal)).isEqualTo(Judgement.fine());
        assertThat(bank.round(piecemeal, FAILED).wrong()).containsExactly("money    : expected 2000, found 1900");
        assertThat(bank.round(source -> bank.sql().run("UPDATE account SET owner = NULL"))
                        .wrong())
                .contains("names    : expected (2, Bob); (3, NULL), found (2, NULL); (3, NULL)");
    }

    @Test
    void anInvariantThatTheCleanRoundBreaksIsTold() {
        Judgement judgement = bank.round(new Turn.Clean(false), source -> {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            bank.sql().run("UPDATE account SET balance = 0");
        });

        assertThat(judgement.wrong()).containsExactly("money    : expected 2000, found 0");
    }

    @Test
    void anInvariantThatChangesByItselfOrIsSaidTooLateIsRefused() {
        bank.round(new Turn.Clean(false), source -> {
            bank.sql().run("UPDATE account SET balance = 5 WHERE id = 3");
            sweep.invariant("money", "SELECT sum(balance) FROM account");
        });

        assertThatThrownBy(() -> bank.round(new Turn.Clean(true), source -> {}))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Invariant \"money\" must be the same before each round, but was 2005 when it was said, and is"
                                + " 2000 before the next round. Say it before the test writes, and leave out what changes by itself,"
                                + " such as now().");
    }

    @Test
    void anInvariantThatCanNotBeAskedIsRefused() {
        assertThatThrownBy(() -> sweep.invariant("money", "SELECT sum(balance) FROM acount"))
                .isInstanceOf(ChaosException.class)
                .hasCauseInstanceOf(SQLException.class)
                .hasMessage(
                        "Invariant \"money\" must be a query that the database can answer, but it answered 42P01. Try"
                                + " \"SELECT sum(balance) FROM acount\" in the schema of the test; it must only read. See the cause.");
        assertThatThrownBy(() -> sweep.invariant("money", "DELETE FROM account RETURNING id"))
                .isInstanceOf(ChaosException.class)
                .hasMessageContaining("answered 25006");
        assertThat(bank.sql().column("SELECT count(*) FROM account")).containsExactly("3");
        assertThatThrownBy(() -> sweep.invariant(" ", "SELECT 1"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The name of an invariant must say what holds, but was blank. Use a word that you want to read in a"
                                + " red report, such as \"money\".");
    }

    @Test
    void anInvariantMustBeTheSameInEachRound() {
        sweep.invariant("money", "SELECT 1");

        assertThatThrownBy(() -> sweep.invariant("money", "SELECT 2"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Invariant \"money\" must be the same query in each round, but was \"SELECT 1\" and is \"SELECT 2\""
                                + " now. Give each its own name.");
    }

    @Test
    void aCheckRunsBehindTheRoundsInWhichItIsSaid() {
        SweptBank.Work checked = source -> sweep.check(
                "owners",
                () -> assertThat(bank.sql().column("SELECT owner FROM account WHERE id = 1"))
                        .containsExactly("Ann"));
        bank.learn(checked);
        SweptBank.Work wrong = source -> {
            sweep.check("broken", () -> {
                throw new IOException("no file");
            });
            checked.run(source);
            bank.sql().run("UPDATE account SET owner = 'Eve'");
        };

        assertThat(bank.round(wrong).wrong())
                .anySatisfy(line -> assertThat(line).isEqualTo("broken   : java.io.IOException: no file"))
                .anySatisfy(line -> assertThat(line).startsWith("owners   : ").contains("Eve"));
        assertThat(bank.round(source -> {})).isEqualTo(Judgement.fine());
    }

    @Test
    void aCheckIsSaidOnceInARound() {
        sweep.check("owners", () -> {});

        assertThatThrownBy(() -> sweep.check("owners", () -> {}))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Check \"owners\" must be said once in a round, but was said twice. Give each its own name.");
        assertThatThrownBy(() -> sweep.check("", () -> {}))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The name of a check must say what holds, but was blank. Use a word that you want to read in a red"
                                + " report, such as \"money\".");
    }

    @Test
    void aTestMayEndWithWhatItAccepts() {
        sweep.accepts(UncheckedIOException.class);

        assertThat(bank.judge().isAccepted(new UncheckedIOException(new IOException("x"))))
                .isTrue();
        assertThat(bank.judge().isAccepted(new RuntimeException(new UncheckedIOException(new IOException("x")))))
                .isTrue();
        assertThat(bank.judge().isAccepted(new IOException("x"))).isFalse();
        assertThat(bank.judge().isAccepted(new AssertionError(new UncheckedIOException(new IOException("x")))))
                .isFalse();
        assertThatThrownBy(() -> sweep.accepts(AssertionError.class))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "accepts(...) must name exceptions, but named AssertionError, which is always red. Name what the"
                                + " code under test throws.");
        assertThatThrownBy(() -> sweep.accepts())
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "accepts(...) must name exceptions, but named none. Remove it, or name what the test may end with.");
    }

    @Test
    void aColumnThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> sweep.ignoring("acount.owner"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "ignoring(...) must name columns as table.column, but \"acount.owner\" is none. Did you mean"
                                + " \"account.owner\"?");
    }

    @Test
    void withoutTablesOfItsOwnNothingCanBeCompared() {
        try (SweptBank empty = new SweptBank()) {
            assertThatThrownBy(() -> empty.sweep().allOrNothing())
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("allOrNothing() must have tables to compare, but this sweep has none of its own. Use"
                            + " @IsolatedSchema or @IsolatedDatabase, with a script that makes them.");
        }
    }
}
