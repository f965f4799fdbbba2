// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import static dev.chaostest.postgres.lock.LockFixture.end;
import static dev.chaostest.postgres.lock.LockFixture.pid;
import static dev.chaostest.postgres.lock.LockFixture.row;
import static dev.chaostest.postgres.lock.LockFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Seed;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can't be locked is refused before anything is touched, and says what to do. */
class LockRequestTest {

    private LockFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new LockFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ChaosException.class).hasMessage(message);
    }

    @Test
    void namesThatAreNoneAreRefused() {
        String advice = " must be a name as in SQL, but was '%s'. Put double quotes around one with other characters.";
        for (String name : List.of("", "account; DROP TABLE x", "my-table", "a.b.c", "\"open", "1st", "a\0")) {
            refused(
                    () -> LockRequest.table(name, TableLockMode.SHARE),
                    "A table" + advice.formatted(name.replace("\0", "\\0")));
        }
        refused(() -> LockRequest.row("account", "a.id", 1), "A column" + advice.formatted("a.id"));
        refused(() -> LockRequest.definitionsOf("a.b"), "A schema" + advice.formatted("a.b"));
        refused(
                () -> LockRequest.row("account", Map.of(), RowLockMode.SHARE),
                "A row must be named by at least one column, but is named by none. To lock all rows, use "
                        + "LockRequest.statement(\"SELECT ... FOR UPDATE\").");
    }

    @Test
    void theServersOwnTablesAreRefused() {
        for (String name : List.of("pg_class", "pg_catalog.pg_class", "information_schema.tables", "\"pg_class\"")) {
            refused(
                    () -> LockRequest.table(name, TableLockMode.SHARE),
                    "A lock must be on a table of the test, but was to be on " + name
                            + ", which every session of the database needs. Name another table.");
        }
        for (String schema : List.of("pg_catalog", "PG_TOAST", "information_schema")) {
            refused(
                    () -> LockRequest.definitionsOf(schema),
                    "A lock must be on a schema of the test, but was to be on " + schema
                            + ", which every session of the database needs. Name another schema.");
        }
    }

    @Test
    void hostileNamesAreQuotedAndKeysOfSeveralColumnsBound() throws Exception {
        Connection application = fixture.connect();
        String table = "\"Quoted \"\"table\"\" 'x'\"";
        run(
                application,
                "CREATE TABLE " + table + " (\"Id\" int, \"select\" text)",
                "INSERT INTO " + table + " VALUES (1, 'it''s')");
        Map<String, Object> key = Map.of("\"Id\"", 1, "\"select\"", "it's");
        try (LockHolder holder = fixture.locks().hold(LockRequest.row(table, key, RowLockMode.UPDATE));
                LockHolder whole = fixture.locks().hold(LockRequest.table(table, TableLockMode.ROW_SHARE))) {
            assertThat(holder.request()).hasToString("row \"Id\" = 1, \"select\" = it's of " + table + " for update");
            assertThat(whole.isActive()).isTrue();
            assertThatThrownBy(() -> run(application, "SET lock_timeout = 1", "DELETE FROM " + table))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
        }
    }

    @Test
    void whatIsNotThereIsRefusedAndNothingIsHeld() {
        Locks locks = fixture.locks();
        refused(
                () -> locks.hold(LockRequest.table("nowhere", TableLockMode.SHARE)),
                "A lock must be one that can be taken, but for table nowhere in mode share the server answered 42P01. "
                        + "Correct its name, or grant the role what is missing; see the cause.");
        refused(
                () -> locks.hold(row(99)),
                "A row to lock must exist, but account has none with id = 99. Insert and commit it first.");
        refused(
                () -> locks.hold(LockRequest.definitionsOf("nowhere")),
                "A schema whose definitions are to be locked must have tables, but nowhere has none, or does not exist. "
                        + "Create them first.");
        refused(
                () -> locks.hold(LockRequest.predicate("SELECT 1")),
                "The server must show that predicate lock of SELECT 1 is held, but shows no predicate lock (SIReadLock). Ask "
                        + "for one that is taken.");
        assertThat(fixture.ledger()).isEmpty();
    }

    @Test
    void aRoleWithoutPrivilegeIsToldTheState() throws Exception {
        Locks locks = Locks.of(fixture.scope(), fixture.ordinary(Duration.ofSeconds(1)));
        run(fixture.connect(), "REVOKE ALL ON account FROM " + fixture.schema());
        refused(
                () -> locks.hold(LockRequest.table("account", TableLockMode.EXCLUSIVE)),
                "A lock must be one that can be taken, but for table account in mode exclusive the server answered 42501. "
                        + "Correct its name, or grant the role what is missing; see the cause.");
    }

    @Test
    void whatSomebodyElseHoldsIsRefusedWithWhoHoldsIt() throws Exception {
        Connection other = fixture.begin("UPDATE account SET balance = 1 WHERE id = 2");
        Locks locks = fixture.locks().within(Duration.ofMillis(100));

        assertThatThrownBy(() -> locks.hold(row(2)))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith(
                        "A lock must be free within 100ms, but row id = 2 of account for update is held by "
                                + "another session. End its transaction first, or wait longer with within(...).\n  pid ")
                .hasMessageContaining(" for pid " + pid(other) + " (");
        other.rollback();
        locks.hold(row(2)).close();
        refused(
                () -> locks.within(Duration.ofNanos(999_999)),
                "A deadline must be at least 1ms, but was 999.999us. Give the server a few seconds.");
    }

    @Test
    void anInterruptEndsTheWaitForALockAndNothingIsHeld() throws Exception {
        fixture.begin("UPDATE account SET balance = 1 WHERE id = 2");
        Thread[] taking = new Thread[1];
        Future<String> taken = fixture.inBackground(() -> {
            taking[0] = Thread.currentThread();
            fixture.locks().hold(row(2));
        });
        Connection look = fixture.connect();
        while (LockFixture.read(
                        look,
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid' AND pid "
                                + "IN (SELECT pid FROM pg_locks WHERE relation = 'account'::regclass)")
                .equals("0")) {
            Thread.onSpinWait();
        }
        taking[0].interrupt();
        assertThatThrownBy(() -> end(taken))
                .cause()
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The wait for row id = 2 of account for update must not be interrupted, but was. It is given up.");
    }

    @Test
    void aLockThatNobodyWaitsForHasNoWaiters() {
        try (LockHolder holder = fixture.locks().hold(LockRequest.predicate("SELECT 1 FROM account"))) {
            refused(
                    holder::awaitWaiter,
                    "A lock must be one that others wait for, but nobody ever waits for predicate lock of SELECT 1 FROM "
                            + "account. Look for 40001 at their statements or at COMMIT.");
        }
        try (LockHolder holder = fixture.locks().within(Duration.ofMillis(50)).hold(row(1))) {
            assertThatThrownBy(holder::awaitWaiter)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith(
                            "Some session must wait for row id = 1 of account for update within 50ms, but none "
                                    + "does. Have the code under test ask for it on another thread.\n  ");
        }
    }

    @Test
    void deadlocksThatAreNoneAreRefused() {
        refused(
                () -> LockOrder.first(LockRequest.predicate("SELECT 1 FROM account"))
                        .then(row(1)),
                "A lock of a deadlock must be one that others wait for, but nobody ever waits for predicate lock of SELECT 1 "
                        + "FROM account. Use a row, a table or an advisory key.");
        refused(
                () -> LockOrder.first(row(1)).then(LockRequest.advisory(7).forSession()),
                "A lock of a deadlock must end with its transaction, or the survivor waits for ever, but advisory lock "
                        + "7, of the session does not. Leave forSession() out.");
        refused(
                () -> Deadlock.cycle(row(1)),
                "A deadlock must have from 2 to 20 sessions, but was to have 1. Give each of them a lock of its own.");
        refused(
                () -> Deadlock.between(row(1), row(2)).withVictim(2),
                "The victim must be one of the sessions 0 to 1, but was 2. Count from 0.");
        refused(
                () -> fixture.deadlocks().storm(Collections.emptyList()),
                "A storm must have from 1 to 50 deadlocks, but was to have 0. Repeat a smaller one.");
        assertThat(Deadlock.between(row(1), LockRequest.advisory(1)).reach()).isEqualTo(Reach.DATABASE);
        assertThat(LockOrder.first(row(1)).then(row(2)).reversed())
                .hasToString("row id = 2 of account for update, then row id = 1 of account for update");
    }

    @Test
    void aConnectionThatIsNotTheDriversIsNoSession() {
        Connection foreign = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    throw new SQLFeatureNotSupportedException();
                });
        refused(
                () -> Sessions.of(foreign),
                "A connection must lead to PostgreSQL's driver, but "
                        + foreign.getClass().getName()
                        + " does not unwrap to it, or is closed. Hand over one that is open, or the process id.");
    }

    @Test
    void whereFaultsAreForbiddenNothingIsLocked() {
        fixture.scope().forbidFaults("not on this server");
        refused(() -> fixture.locks().hold(row(1)), "not on this server");
        refused(() -> fixture.deadlocks().provoke(Deadlock.between(row(1), row(2))), "not on this server");
        refused(() -> fixture.deadlocks().arm(Deadlock.between(row(1), row(2))), "not on this server");
        refused(() -> fixture.deadlocks().storm(1), "not on this server");
        refused(
                () -> fixture.deadlocks().withVictim(LockOrder.first(row(1)).then(row(2)), () -> {}),
                "not on this server");
    }

    @Test
    void aDryRunHoldsNothing() {
        try (ChaosScope dry = ChaosScope.openDryRun("test", Plan.of(new Seed(7)));
                LockHolder holder = Locks.of(dry, fixture.source()).hold(row(1))) {
            assertThat(holder.pid()).isZero();
            assertThat(holder.isActive()).isTrue();
            assertThat(holder.awaitWaiter()).isEmpty();
            assertThat(dry.ledger().entries().get(0).toString())
                    .endsWith("noted: dry run: would have held row id = 1 of account for update");
            refused(
                    () -> Deadlocks.of(dry, fixture.source()).arm(Deadlock.between(row(1), row(2))),
                    "A deadlock must not be armed in a dry run, but deadlock of 2 sessions (row id = 1 of account for update, "
                            + "then row id = 2 of account for update) was to be. Use provoke, which does nothing then.");
        }
    }
}
