// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import static dev.chaostest.postgres.lock.LockFixture.end;
import static dev.chaostest.postgres.lock.LockFixture.row;
import static dev.chaostest.postgres.lock.LockFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** Deadlocks with the code under test on the other side. */
class DeadlockAroundCodeTest {

    /** The code locks 1, then 2. */
    private static final LockOrder OURS = LockOrder.first(row(2)).then(row(1));

    private LockFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new LockFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private PGSimpleDataSource bank() {
        PGSimpleDataSource source = fixture.source();
        source.setOptions("-c deadlock_timeout=1500"); // enough for a machine that stands still for a second
        return source;
    }

    private void transfer() throws SQLException {
        try (Connection connection = bank().getConnection()) {
            connection.setAutoCommit(false);
            run(connection, "UPDATE account SET balance = balance - 100 WHERE id = 1");
            run(connection, "UPDATE account SET balance = balance + 100 WHERE id = 2");
            connection.commit();
        }
    }

    private int transferWithRetry() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                transfer();
                return attempt;
            } catch (SQLException e) {
                if (attempt == 3 || !"40P01".equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    private String balances() throws SQLException {
        return fixture.read("SELECT string_agg(balance::text, ' ' ORDER BY id) FROM account WHERE id < 3");
    }

    @Test
    void codeWithoutRetrySees40P01() throws Exception {
        assertThatThrownBy(() -> fixture.deadlocks().withVictim(OURS, this::transfer))
                .isInstanceOfSatisfying(
                        PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40P01"));
        assertThat(balances()).isEqualTo("1000 1000");
        fixture.begin("SET lock_timeout = 1", "LOCK TABLE account");
        assertThat(fixture.ledger())
                .anyMatch(
                        line -> line.startsWith("commanded: deadlock with the code under test as victim (row id = 2 of "
                                + "account for update, then row id = 1 of account for update) (reach: schema)"))
                .anyMatch(line -> line.startsWith("healed: let go of everything"));
    }

    @Test
    void codeWithRetryGoesOnAndFindsAllLocksFree() throws Exception {
        int[] attempts = new int[1];
        DeadlockOutcome outcome = fixture.deadlocks().withVictim(OURS, () -> attempts[0] = transferWithRetry());

        assertThat(attempts[0]).isEqualTo(2);
        assertThat(outcome.victim().session()).isEqualTo(1);
        assertThat(outcome.victim().sqlState()).contains("40P01");
        assertThat(outcome.survivors()).extracting(Participant::sqlState).containsExactly(Optional.empty());
        assertThat(balances()).isEqualTo("900 1100");
    }

    @Test
    void theSurvivorGoesOnWithoutAnError() throws Exception {
        for (int i = 1; i <= 20; i++) {
            DeadlockOutcome outcome = fixture.deadlocks().withSurvivor(OURS, this::transfer);

            assertThat(outcome.victim().session()).isZero();
            assertThat(outcome.victim().sqlState()).contains("40P01");
        }
        assertThat(balances()).isEqualTo("-1000 3000");
    }

    @Test
    void aRoleThatMayNotSetTheTimeOutCanHaveAVictimButNoSurvivor() throws Exception {
        PGSimpleDataSource ordinary = fixture.ordinary(Duration.ofMillis(1500));
        Deadlocks deadlocks = Deadlocks.of(fixture.scope(), ordinary);

        assertThat(deadlocks.withVictim(OURS, this::transferWithRetry).victim().session())
                .isEqualTo(1);
        assertThatThrownBy(() -> deadlocks.withSurvivor(OURS, this::transfer))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The role must be allowed to set deadlock_timeout for the code under test to survive, but may "
                                + "not. Have a superuser GRANT SET ON PARAMETER deadlock_timeout to it.");
        assertThat(balances()).isEqualTo("900 1100");
    }

    @Test
    void codeThatNeverWaitsForUsIsToldSo() {
        assertThatThrownBy(() ->
                        fixture.deadlocks().withVictim(LockOrder.first(row(7)).then(row(1)), this::transfer))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The code under test must wait for row id = 7 of account for update, but did not before it came "
                                + "to its end. Name a lock that it takes second.");
    }

    @Test
    void codeThatDoesNotHoldOurSecondLockIsToldSo() {
        assertThatThrownBy(() ->
                        fixture.deadlocks().withVictim(LockOrder.first(row(2)).then(row(7)), this::transfer))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The code under test must hold row id = 7 of account for update when it waits for row id = 2 of "
                                + "account for update, but does not. Name a lock that it takes first.");
    }

    @Test
    void codeThatFailsByItselfKeepsItsExceptionAndHearsOfOurs() {
        assertThatThrownBy(() -> fixture.deadlocks().withVictim(OURS, () -> {
                    throw new SQLException("no", "22012");
                }))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"))
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }

    @Test
    void aSessionOfOursThatIsKilledHoldsNobodyUp() throws Exception {
        try (Connection application = fixture.connect()) {
            application.setAutoCommit(false);
            int pid = LockFixture.pid(application);
            Future<String> killing = fixture.inBackground(() -> {
                fixture.locks().awaitBlocked(Sessions.pid(pid));
                fixture.read(
                        "SELECT count(pg_terminate_backend(b, 10000)) FROM unnest(pg_blocking_pids(" + pid + ")) b");
            });
            assertThatThrownBy(() -> fixture.deadlocks()
                            .withVictim(LockOrder.first(row(2)).then(row(1)), () -> {
                                run(application, "SELECT 1 FROM account WHERE id = 1 FOR UPDATE");
                                run(application, "SET LOCAL deadlock_timeout = '50s'");
                                run(application, "SELECT 1 FROM account WHERE id = 2 FOR UPDATE");
                                application.commit();
                            }))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageMatching(
                            "A deadlock must end with 40P01, but our side ended with (57P01|08006). Leave its "
                                    + "session alone, and give the code under test neither shorter time-outs than ours nor a "
                                    + "deadlock_timeout below 100ms.");
            assertThat(end(killing)).isEqualTo("ok");
        }
    }

    @Test
    void codeIsNotHeldUpForLongerThanTheDeadline() throws Exception {
        Deadlocks deadlocks = fixture.deadlocks().within(Duration.ofMillis(300));
        Connection application = fixture.connect();
        assertThatThrownBy(() -> deadlocks.withVictim(OURS, () -> {
                    // it comes to our lock when we have given up already
                    while (!fixture.read("SELECT count(*) FROM pg_locks WHERE mode = 'RowShareLock'"
                                    + " AND relation = 'account'::regclass")
                            .equals("0")) {
                        Thread.onSpinWait();
                    }
                    run(application, "SELECT 1 FROM account WHERE id = 2 FOR UPDATE");
                }))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The code under test must wait for row id = 2 of account for update, but did not within 300ms. "
                                + "Name a lock that it takes second.");
    }
}
