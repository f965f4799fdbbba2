// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.explore.Judgement;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a round's sessions have left is told once, ended, and does not hurt the rounds behind it. */
@Timeout(120)
class SweptSessionsTest {

    /** Else the driver closes them when the garbage collector comes by. */
    private final List<Connection> held = new ArrayList<>();

    private void goesOn(SweptBank bank) {
        for (int round = 0; round < 2; round++) {
            assertThat(bank.round(Transfers::transfer)).isEqualTo(Judgement.fine());
        }
    }

    @Test
    void aConnectionThatIsNotGivenBackIsToldWithItsBorrower() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            Judgement judgement = bank.round(source -> {
                Connection connection = source.getConnection();
                held.add(connection);
                connection.setAutoCommit(false);
                Transfers.run(connection, "UPDATE account SET balance = 1");
            });

            assertThat(judgement.wrong())
                    .anySatisfy(line -> assertThat(line)
                            .matches("left     : a connection of the pool \"swept\", borrowed by"
                                    + " SweptSessionsTest\\.lambda.* that was not given back"));
            goesOn(bank);
        }
    }

    @Test
    void aConnectionWithoutAPoolThatIsNotClosedIsToldWithItsOpener() {
        try (SweptBank bank = new SweptBank("postgres", 0, SweptBank.TABLES).learn(Transfers::transfer)) {
            Judgement judgement = bank.round(source -> {
                Connection connection = source.getConnection();
                held.add(connection);
                connection.setAutoCommit(false);
                Transfers.run(connection, "UPDATE account SET balance = 1");
            });

            assertThat(judgement.wrong())
                    .anySatisfy(line -> assertThat(line)
                            .matches("left     : a connection that was opened by SweptSessionsTest\\.lambda.* that was"
                                    + " not closed"));
            goesOn(bank);
        }
    }

    @Test
    void anAdvisoryLockThatIsLeftInAPooledSessionIsTold() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            SweptBank.Work locks = source -> {
                try (Connection connection = source.getConnection()) {
                    Transfers.run(connection, "SELECT pg_advisory_lock(4711)");
                }
                Transfers.transfer(source);
            };

            assertThat(bank.round(locks).wrong())
                    .singleElement()
                    .asString()
                    .contains("left     : the advisory lock")
                    .contains("4711");
            goesOn(bank);
            assertThat(SweptBank.superuser().column("SELECT pg_try_advisory_lock(4711)"))
                    .containsExactly("t");
        }
    }

    @Test
    void aTemporaryTableThatIsLeftInAPooledSessionIsToldAndRemoved() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            SweptBank.Work stages = source -> {
                try (Connection connection = source.getConnection()) {
                    Transfers.run(connection, "CREATE TEMPORARY TABLE \"Staged\" (id serial)");
                }
                Transfers.transfer(source);
            };

            for (int round = 0; round < 3; round++) {
                assertThat(bank.round(stages).wrong())
                        .anySatisfy(line -> assertThat(line).startsWith("left     : the temporary table Staged ("))
                        .allSatisfy(line -> assertThat(line).startsWith("left     : the temporary "));
            }
            goesOn(bank);
        }
    }

    @Test
    void aTransactionThatWasBegunByHandAndLeftInAPooledSessionIsTold() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            SweptBank.Work begins = source -> {
                try (Connection connection = source.getConnection()) {
                    Transfers.run(connection, "BEGIN", "UPDATE account SET balance = 1 WHERE id = 1");
                }
            };

            assertThat(bank.round(begins).wrong())
                    .anySatisfy(line -> assertThat(line).startsWith("left     : an open transaction"));
            goesOn(bank);
        }
    }

    @Test
    void whatAFaultHasCutLeavesNothingThatIsTold() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            for (When when : When.values()) {
                for (String on : List.of("UPDATE account", "INSERT entry", "COMMIT")) {
                    Rule cut = Rule.of(SqlTarget.on(on), Trigger.nth(1), new Cut(when));
                    assertThat(bank.round(Transfers::transfer, cut)).isEqualTo(Judgement.fine());
                }
            }
            goesOn(bank);
        }
    }
}
