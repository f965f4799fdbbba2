// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import static dev.chaostest.postgres.lock.LockFixture.end;
import static dev.chaostest.postgres.lock.LockFixture.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlocks of our own sessions. */
class DeadlocksTest {

    private LockFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new LockFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    static Stream<Deadlock> kinds() {
        return Stream.of(
                Deadlock.between(row(1), row(2)),
                Deadlock.between(
                        LockRequest.table("account", TableLockMode.SHARE_ROW_EXCLUSIVE),
                        LockRequest.table("booking", TableLockMode.ACCESS_EXCLUSIVE)),
                Deadlock.between(row(3), LockRequest.table("booking", TableLockMode.EXCLUSIVE)),
                Deadlock.upgrade("account"),
                Deadlock.upgrade(LockRequest.row("account", "id", 1, RowLockMode.SHARE), row(1)),
                Deadlock.cycle(row(1), row(2), row(3), row(4), row(5)));
    }

    private static void isFair(DeadlockOutcome outcome, Deadlock deadlock) {
        assertThat(outcome.victim().session()).isEqualTo(deadlock.victim());
        assertThat(outcome.victim().sqlState()).contains("40P01");
        assertThat(outcome.survivors())
                .hasSize(deadlock.sessions().size() - 1)
                .allMatch(each -> each.sqlState().equals(Optional.empty()));
        assertThat(outcome.detection()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everySessionCanBeTheVictimAndTheOthersGetTheirLocks(Deadlock deadlock) throws Exception {
        Deadlocks deadlocks = fixture.deadlocks();
        for (int victim = 0; victim < deadlock.sessions().size(); victim++) {
            DeadlockOutcome outcome = deadlocks.provoke(deadlock.withVictim(victim));

            isFair(outcome, deadlock.withVictim(victim));
            assertThat(Stream.concat(Stream.of(outcome.victim()), outcome.survivors().stream())
                            .map(Participant::pid))
                    .allMatch(pid -> locksOf(pid) == 0);
        }
        fixture.begin("SET lock_timeout = 1", "LOCK TABLE account", "LOCK TABLE booking");
    }

    private long locksOf(int pid) {
        try {
            return fixture.locksOf(pid);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void advisoryKeysDeadlockToo() {
        Deadlock deadlock = Deadlock.between(LockRequest.advisory(81, 1), LockRequest.advisory(81, 2));
        isFair(fixture.deadlocks().provoke(deadlock), deadlock);
    }

    @Test
    void theChosenVictimIsTheVictimEveryTime() {
        Deadlocks deadlocks = fixture.deadlocks();
        for (int i = 0; i < 200; i++) {
            Deadlock deadlock = Deadlock.between(row(1), row(2)).withVictim(i % 2);
            isFair(deadlocks.provoke(deadlock), deadlock);
        }
        assertThat(fixture.ledger().stream().filter(line -> line.startsWith("healed")))
                .hasSize(200)
                .allMatch(line -> line.contains("with 40P01"));
    }

    @Test
    void aStormOfPairsEndsWithOneVictimEach() {
        List<DeadlockOutcome> outcomes = fixture.deadlocks().storm(8);

        assertThat(outcomes).hasSize(8).allMatch(outcome -> outcome.victim().session() == 1);
        assertThat(outcomes.stream().map(outcome -> outcome.victim().pid()).distinct())
                .hasSize(8);
        assertThat(fixture.deadlocks()
                        .storm(IntStream.of(1, 3, 5)
                                .mapToObj(id -> Deadlock.between(row(id), row(id + 1)))
                                .toList()))
                .allMatch(outcome -> outcome.victim().sqlState().equals(Optional.of("40P01")));
    }

    @Test
    void aRoleThatMayNotSetTheTimeOutGetsItsVictimLater() throws Exception {
        Deadlocks deadlocks = Deadlocks.of(fixture.scope(), fixture.ordinary(Duration.ofMillis(600)));
        for (int victim = 0; victim < 3; victim++) {
            Deadlock deadlock = Deadlock.cycle(row(1), row(2), row(3)).withVictim(victim);
            isFair(deadlocks.provoke(deadlock), deadlock);
        }
    }

    @Test
    void anArmedOneHoldsItsFirstLocksUntilItIsFiredOrClosed() throws Exception {
        Deadlock deadlock = Deadlock.between(row(1), row(2));
        ArmedDeadlock armed = fixture.deadlocks().arm(deadlock);
        assertThat(armed.isActive()).isTrue();
        assertThat(armed.pids()).hasSize(2).allMatch(pid -> locksOf(pid) > 0);
        armed.close();
        armed.close();
        assertThat(armed.pids()).allMatch(pid -> locksOf(pid) == 0);
        assertThat(armed.isActive()).isFalse();
        assertThatThrownBy(armed::fire)
                .isInstanceOf(ChaosException.class)
                .hasMessage("deadlock of 2 sessions (row id = 1 of account for update, then row id = 2 of account for "
                        + "update) must be fired once and before it is closed, but was already. Arm it again.");
        try (ArmedDeadlock again = fixture.deadlocks().arm(deadlock)) {
            isFair(again.fire(), deadlock);
        }
    }

    @Test
    void aKilledSessionInTheMiddleEndsItWithoutAHang() throws Exception {
        Deadlocks deadlocks = Deadlocks.of(fixture.scope(), fixture.ordinary(Duration.ofSeconds(8)));
        ArmedDeadlock armed = deadlocks.arm(Deadlock.between(row(1), row(2)));
        Future<String> fired = fixture.inBackground(armed::fire);
        int blocked = armed.pids().get(1);
        fixture.locks().awaitBlocked(Sessions.pid(blocked));
        fixture.read("SELECT pg_terminate_backend(" + blocked + ", 10000)");

        assertThatThrownBy(() -> end(fired))
                .cause()
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("deadlock of 2 sessions \\(row id = 1 of account for update, then row id = 2 of "
                        + "account for update\\) must end with 40P01 for one of them, but ended otherwise: session 0 "
                        + "\\(pid \\d+\\), session 1 \\(pid " + blocked + "\\) with 57P01. Use locks that conflict and "
                        + "that nobody else asks for, and leave its sessions alone. All are let go of.");
        assertThat(armed.pids()).allMatch(pid -> locksOf(pid) == 0);
        try (ArmedDeadlock next = deadlocks.arm(Deadlock.between(row(1), row(2)))) {
            assertThat(next.pids()).hasSize(2).doesNotContain(blocked);
        }
    }

    @Test
    void anInterruptInTheMiddleEndsItWithoutAHang() throws Exception {
        Deadlocks deadlocks = Deadlocks.of(fixture.scope(), fixture.ordinary(Duration.ofSeconds(8)));
        ArmedDeadlock armed = deadlocks.arm(Deadlock.between(row(1), row(2)));
        Thread[] firing = new Thread[1];
        Future<String> fired = fixture.inBackground(() -> {
            firing[0] = Thread.currentThread();
            armed.fire();
        });
        fixture.locks().awaitBlocked(Sessions.pid(armed.pids().get(1)));
        firing[0].interrupt();

        assertThatThrownBy(() -> end(fired)).cause().isInstanceOf(ChaosException.class);
        assertThat(armed.pids()).allMatch(pid -> locksOf(pid) == 0);
        fixture.begin("SET lock_timeout = 1", "LOCK TABLE account");
    }

    @Test
    void theEndOfTheScopeEndsItInTheMiddle() throws Exception {
        Deadlocks deadlocks = Deadlocks.of(fixture.scope(), fixture.ordinary(Duration.ofSeconds(8)));
        ArmedDeadlock armed = deadlocks.arm(Deadlock.between(row(1), row(2)));
        Future<String> fired = fixture.inBackground(armed::fire);
        fixture.locks().awaitBlocked(Sessions.pid(armed.pids().get(1)));
        fixture.scope().close();

        assertThatThrownBy(() -> end(fired))
                .cause()
                .isInstanceOf(ChaosException.class)
                .hasMessage("deadlock of 2 sessions (row id = 1 of account for update, then row id = 2 of account for "
                        + "update) must be closed after it was fired, but was before it had ended. Wait for fire() to "
                        + "return.");
        assertThat(armed.pids()).allMatch(pid -> locksOf(pid) == 0);
    }

    @Test
    void aLockThatSomebodyElseHoldsIsRefusedWithWhoHoldsIt() throws Exception {
        Connection other = fixture.begin("UPDATE account SET balance = 1 WHERE id = 2");
        Deadlocks deadlocks = fixture.deadlocks().within(Duration.ofMillis(200));

        assertThatThrownBy(() -> deadlocks.provoke(Deadlock.between(row(1), row(2))))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith(
                        "A lock must be free within 200ms, but row id = 2 of account for update is held by "
                                + "another session. End its transaction first, or wait longer with within(...).\n  pid ")
                .hasMessageContaining(" for pid " + LockFixture.pid(other) + " (");
    }

    @Test
    void aDryRunMakesNone() {
        try (dev.chaostest.ChaosScope dry = dev.chaostest.ChaosScope.openDryRun(
                "test", dev.chaostest.plan.Plan.of(new dev.chaostest.plan.Seed(7)))) {
            Deadlocks deadlocks = Deadlocks.of(dry, fixture.source());
            assertThat(deadlocks.provoke(Deadlock.between(row(1), row(2))).victim())
                    .isEqualTo(new Participant(1, 0, Optional.empty()));
            assertThat(deadlocks.storm(2)).hasSize(2);
            assertThat(dry.ledger().entries().get(0).toString())
                    .endsWith(
                            "noted: dry run: would have made a deadlock of 2 sessions (row id = 1 of account for update, "
                                    + "then row id = 2 of account for update)");
        }
    }
}
