// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.postgres.lock.Deadlock;
import dev.chaostest.postgres.lock.DeadlockOutcome;
import dev.chaostest.postgres.lock.Deadlocks;
import dev.chaostest.postgres.lock.LockHolder;
import dev.chaostest.postgres.lock.LockOrder;
import dev.chaostest.postgres.lock.LockRequest;
import dev.chaostest.postgres.lock.Locks;
import dev.chaostest.postgres.lock.Sessions;
import dev.chaostest.postgres.lock.TableLockMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Locks and deadlocks as a test asks for them. */
@Tag(ChaosTags.CONCURRENT)
@PostgresTest
@IsolatedSchema("bank.sql")
class HoldLockTest {

    private static final LockRequest ONE = LockRequest.row("account", "id", 1);
    private static final LockRequest TWO = LockRequest.row("account", "id", 2);

    @BeforeEach
    @AfterEach
    void theMethodsAroundDontMeetIt(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = 1; LOCK TABLE account IN ACCESS EXCLUSIVE MODE");
        }
    }

    private static String stateOf(DataSource bank, String sql) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = 1");
            statement.execute(sql);
            return "ok";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    @ChaosTest
    @HoldLock(table = "account")
    void aTableIsLockedForAllUntilTheTestLetsGo(DataSource bank, LockHolder holder, ChaosScope scope)
            throws SQLException {
        assertThat(stateOf(bank, "SELECT 1 FROM account")).isEqualTo("55P03");
        holder.close();
        assertThat(stateOf(bank, "SELECT 1 FROM account")).isEqualTo("ok");
        assertThat(scope.ledger().entries(LedgerEntry.Commanded.class))
                .singleElement()
                .asString()
                .contains("commanded: hold table account in mode access exclusive by pid " + holder.pid());
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class)).hasSize(1);
    }

    @ChaosTest
    @HoldLock(table = "account", mode = TableLockMode.EXCLUSIVE)
    void theModeIsTheOneThatIsAskedFor(DataSource bank) throws SQLException {
        assertThat(stateOf(bank, "SELECT 1 FROM account")).isEqualTo("ok");
        assertThat(stateOf(bank, "UPDATE account SET balance = 0")).isEqualTo("55P03");
    }

    @ChaosTest
    @HoldLock(sql = "SELECT 1 FROM account WHERE id = 1 FOR UPDATE")
    void aRowIsLockedByAStatement(DataSource bank, Locks locks, LockHolder holder) throws Exception {
        assertThat(stateOf(bank, "UPDATE account SET balance = 0 WHERE id = 2")).isEqualTo("ok");
        try (Connection connection = bank.getConnection()) {
            Future<Integer> waits = CompletableFuture.supplyAsync(() -> add(connection));
            locks.awaitBlocked(Sessions.of(connection));
            assertThat(holder.awaitWaiter()).hasSize(1);
            holder.close();
            assertThat(waits.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    private static int add(Connection connection) {
        try {
            Bank.add(connection, 1, 5);
            return 1;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ChaosTest
    void aDeadlockOfOurOwn(Deadlocks deadlocks) {
        DeadlockOutcome outcome = deadlocks.provoke(Deadlock.between(ONE, TWO).withVictim(0));
        assertThat(outcome.victim().session()).isZero();
    }

    @ChaosTest
    void aTransferIsTheVictim(DataSource bank, Deadlocks deadlocks) throws SQLException {
        List<Integer> before = Bank.balances(bank);
        assertThatThrownBy(() -> deadlocks.withVictim(LockOrder.first(TWO).then(ONE), () -> {
                    try (Connection connection = bank.getConnection()) {
                        connection.setAutoCommit(false);
                        patient(connection);
                        Bank.add(connection, 1, -5);
                        Bank.add(connection, 2, 5);
                        connection.commit();
                    }
                }))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40P01"));
        assertThat(Bank.balances(bank)).isEqualTo(before);
    }

    /** Looks for a deadlock only when there is one, also on a machine that stands still for a second or two. */
    private static void patient(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL deadlock_timeout = '3s'");
        }
    }

    @Test
    void mistakesAreToldBeforeAnythingRuns() {
        assertThat(Inner.run(NothingTestCases.class).message())
                .isEqualTo(
                        "@HoldLock on NothingTestCases.isNeverRun must have one of table and sql, but has none. Use table "
                                + "for a whole table, sql for rows and advisory keys.");
        assertThat(Inner.run(ModeTestCases.class).message())
                .isEqualTo(
                        "@HoldLock on ModeTestCases must say in its sql how strongly it locks, but has mode share. Remove "
                                + "mode, and write LOCK TABLE or FOR SHARE, say.");
        assertThat(Inner.run(CatalogTestCases.class).message())
                .isEqualTo(
                        "@HoldLock on CatalogTestCases.isNeverRun: A lock must be on a table of the test, but was to be on "
                                + "pg_class, which every session of the database needs. Name another table.");
        assertThat(Inner.run(WithoutTestCases.class).message())
                .contains(
                        "A LockHolder parameter of HoldLockTest$WithoutTestCases.isNeverRun must come from @HoldLock, but "
                                + "there is none. Add it to the method or the class, or use a Locks parameter.");
    }

    @PostgresTest
    static class NothingTestCases {
        @Test
        @HoldLock
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @PostgresTest
    @HoldLock(sql = "LOCK TABLE account", mode = TableLockMode.SHARE)
    static class ModeTestCases {
        @Test
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @PostgresTest
    static class CatalogTestCases {
        @Test
        @HoldLock(table = "pg_class")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @PostgresTest
    static class WithoutTestCases {
        @Test
        void isNeverRun(LockHolder holder) {
            throw new AssertionError("ran with " + holder);
        }
    }

    @Test
    void aDryRunHoldsNothing() {
        Inner inner = Inner.run(DryTestCases.class, Map.of("chaos.dryRun", "true"));
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class DryTestCases {
        @Test
        @HoldLock(table = "account")
        void canReadAllTheSame(DataSource bank, LockHolder holder) throws SQLException {
            assertThat(holder.pid()).isZero();
            assertThat(stateOf(bank, "SELECT 1 FROM account")).isEqualTo("ok");
        }
    }
}
