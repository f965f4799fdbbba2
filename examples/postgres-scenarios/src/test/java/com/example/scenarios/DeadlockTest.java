// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.lock.Deadlock;
import dev.chaostest.postgres.lock.DeadlockOutcome;
import dev.chaostest.postgres.lock.Deadlocks;
import dev.chaostest.postgres.lock.LockHolder;
import dev.chaostest.postgres.lock.LockOrder;
import dev.chaostest.postgres.lock.LockRequest;
import dev.chaostest.postgres.lock.Locks;
import dev.chaostest.postgres.lock.TableLockMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** Sessions that wait for each other, or for somebody who does not let go. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.CONCURRENT)
class DeadlockTest {

    private static final LockRequest ROW_1 = LockRequest.row("account", "id", 1);
    private static final LockRequest ROW_2 = LockRequest.row("account", "id", 2);

    @ChaosTest
    void twoTablesInOppositeOrderHaveOneVictim(Deadlocks deadlocks) {
        DeadlockOutcome outcome = deadlocks.provoke(Deadlock.between(
                LockRequest.table("account", TableLockMode.EXCLUSIVE),
                LockRequest.table("entry", TableLockMode.EXCLUSIVE)));

        assertThat(outcome.victim().sqlState()).contains("40P01");
        assertThat(outcome.survivors()).hasSize(1);
    }

    @ChaosTest
    void threeTablesInTurnHaveTheVictimThatWasChosen(Deadlocks deadlocks) {
        DeadlockOutcome outcome = deadlocks.provoke(Deadlock.cycle(
                        LockRequest.table("account", TableLockMode.EXCLUSIVE),
                        LockRequest.table("entry", TableLockMode.EXCLUSIVE),
                        LockRequest.table("branch", TableLockMode.EXCLUSIVE))
                .withVictim(1));

        assertThat(outcome.victim().session()).isEqualTo(1);
        assertThat(outcome.survivors()).hasSize(2);
    }

    @ChaosTest
    void aTransferThatIsTheVictimLeavesNothing(Deadlocks deadlocks, DataSource shop) throws SQLException {
        LockOrder opposite = LockOrder.first(ROW_2).then(ROW_1);

        deadlocks.withVictim(
                opposite, () -> assertThat(state(() -> transfer(shop))).isEqualTo("40P01"));

        assertThat(number(shop, "SELECT balance FROM account WHERE id = 1")).isEqualTo(1000);
    }

    @ChaosTest
    void aTransferThatIsTriedAgainAfterADeadlockIsDoneOnce(Deadlocks deadlocks, DataSource shop) throws SQLException {
        deadlocks.withVictim(LockOrder.first(ROW_2).then(ROW_1), () -> {
            assertThat(state(() -> transfer(shop))).isEqualTo("40P01");
            transfer(shop);
        });

        assertThat(number(shop, "SELECT balance FROM account WHERE id = 1")).isEqualTo(900);
        assertThat(number(shop, "SELECT sum(balance) FROM account")).isEqualTo(3000);
    }

    @ChaosTest
    void aTransferThatSurvivesADeadlockIsDone(Deadlocks deadlocks, DataSource shop) throws SQLException {
        deadlocks.withSurvivor(LockOrder.first(ROW_2).then(ROW_1), () -> transfer(shop));

        assertThat(number(shop, "SELECT balance FROM account WHERE id = 1")).isEqualTo(900);
    }

    @ChaosTest
    void aStormOfDeadlocksEndsWithOneVictimEach(Deadlocks deadlocks) {
        List<DeadlockOutcome> outcomes = deadlocks.storm(8);

        assertThat(outcomes)
                .hasSize(8)
                .allSatisfy(outcome -> assertThat(outcome.victim().sqlState()).contains("40P01"));
    }

    @ChaosTest
    void ofManyWhoUpgradeTheirLockOneSurvives(Deadlocks deadlocks) {
        DeadlockOutcome outcome = deadlocks.provoke(Deadlock.upgrade("version"));

        assertThat(outcome.victim().sqlState()).contains("40P01");
    }

    @ChaosTest
    void aDeletionWaitsForACommitThatNeedsWhatItDeletes(Locks locks, DataSource shop) throws Exception {
        run(shop, "DELETE FROM version WHERE branch = 'next'");
        try (Connection writer = shop.getConnection();
                LockHolder commit = locks.hold(
                        LockRequest.statement("INSERT INTO entry (branch, message) VALUES ('next', 'commit')"))) {
            CompletableFuture<String> deletion = CompletableFuture.supplyAsync(
                    () -> state(() -> run(writer, "DELETE FROM branch WHERE name = 'next'")));
            commit.awaitWaiter();
            assertThat(deletion).isNotDone();
            commit.close();
            assertThat(deletion.get()).as("the other one was rolled back").isEmpty();
        }
    }

    @ChaosTest
    void aTableThatSomebodyKeepsEndsInALockTimeout(Locks locks, DataSource shop) throws SQLException {
        try (LockHolder kept = locks.hold(LockRequest.table("account", TableLockMode.ACCESS_EXCLUSIVE))) {
            assertThat(kept.isActive()).isTrue();
            assertThat(state(() -> inTransaction(shop, transaction -> {
                        run(transaction, "SET LOCAL lock_timeout = '10ms'");
                        run(transaction, "UPDATE account SET balance = 0");
                    })))
                    .isEqualTo("55P03");
        }

        assertThat(run(shop, "UPDATE account SET balance = balance")).isEqualTo(3);
    }

    @ChaosTest
    void fiveTablesUnderLoadEndInDeadlocksThatAreAllResolved(Deadlocks deadlocks) {
        LockRequest[] five =
                IntStream.range(0, 5).mapToObj(i -> LockRequest.advisory(i, i)).toArray(LockRequest[]::new);

        DeadlockOutcome outcome = deadlocks.provoke(Deadlock.cycle(five));

        assertThat(outcome.survivors())
                .hasSize(4)
                .allMatch(survivor -> survivor.sqlState().isEmpty());
    }

    private static void transfer(DataSource shop) throws SQLException {
        inTransaction(shop, transaction -> {
            run(transaction, "UPDATE account SET balance = balance - 100 WHERE id = 1");
            run(transaction, "UPDATE account SET balance = balance + 100 WHERE id = 2");
        });
    }
}
