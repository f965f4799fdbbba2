// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import static dev.chaostest.postgres.lock.LockFixture.end;
import static dev.chaostest.postgres.lock.LockFixture.pid;
import static dev.chaostest.postgres.lock.LockFixture.row;
import static dev.chaostest.postgres.lock.LockFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.monitor.Activity;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** What a held lock does to an application, and how it ends. */
class LocksTest {

    private LockFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new LockFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void refused(Connection application, String statement) {
        assertThatThrownBy(() -> run(application, "SET lock_timeout = 1", statement))
                .isInstanceOfSatisfying(
                        PSQLException.class,
                        e -> assertThat(e.getSQLState()).as(statement).isEqualTo("55P03"));
    }

    @ParameterizedTest
    @EnumSource
    void aTableIsHeldInEachMode(TableLockMode mode) throws Exception {
        try (LockHolder holder = fixture.locks().hold(LockRequest.table("account", mode));
                Connection application = fixture.connect()) {
            fixture.locks().assertHolds(Sessions.pid(holder.pid()), mode, "account");
            for (TableLockMode other : TableLockMode.values()) {
                String statement = "BEGIN; LOCK TABLE account IN " + other.sql() + " MODE; ROLLBACK";
                if (mode.conflictsWith(other)) {
                    refused(application, statement);
                    run(application, "ROLLBACK");
                } else {
                    run(application, statement);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRowIsHeldInEachMode(RowLockMode mode) throws Exception {
        try (LockHolder holder = fixture.locks().hold(LockRequest.row("account", "id", 1, mode));
                Connection application = fixture.connect()) {
            assertThat(holder.isActive()).isTrue();
            for (RowLockMode other : RowLockMode.values()) {
                String select = "SELECT 1 FROM account WHERE id = %d " + other.sql();
                run(application, select.formatted(2), "SELECT balance FROM account WHERE id = 1");
                if (mode.conflictsWith(other)) {
                    refused(application, select.formatted(1));
                } else {
                    run(application, select.formatted(1));
                }
            }
        }
    }

    @Test
    void advisoryLocksOfBothKindsAndLifetimesAreHeld() throws Exception {
        AdvisoryLock one = LockRequest.advisory(4_242_424_242L);
        AdvisoryLock two = LockRequest.advisory(-1, 7);
        String tryOne = "SELECT pg_try_advisory_xact_lock%s(4242424242)";
        String tryTwo = "SELECT pg_try_advisory_xact_lock%s(-1, 7)";
        for (AdvisoryLock lock :
                List.of(one, one.forSession(), one.shared(), one.shared().forSession())) {
            check(lock, tryOne);
        }
        for (AdvisoryLock lock :
                List.of(two, two.forSession(), two.shared(), two.shared().forSession())) {
            check(lock, tryTwo);
        }
    }

    @Test
    void theSmallestAdvisoryKeysAreHeldToo() throws Exception {
        check(
                LockRequest.advisory(Long.MIN_VALUE),
                "SELECT pg_try_advisory_xact_lock%s('-9223372036854775808'::bigint)");
        check(
                LockRequest.advisory(Integer.MIN_VALUE, Integer.MIN_VALUE),
                "SELECT pg_try_advisory_xact_lock%s('-2147483648'::int, '-2147483648'::int)");
    }

    private void check(AdvisoryLock lock, String attempt) throws Exception {
        boolean shared = lock.toString().contains("shared");
        try (LockHolder holder = fixture.locks().hold(lock)) {
            assertThat(fixture.read(attempt.formatted(""))).as("%s", lock).isEqualTo("f");
            assertThat(fixture.read(attempt.formatted("_shared")))
                    .as("%s", lock)
                    .isEqualTo(shared ? "t" : "f");
            String state = "SELECT state FROM pg_stat_activity WHERE pid = " + holder.pid();
            assertThat(fixture.read(state))
                    .isEqualTo(lock.toString().contains("of the session") ? "idle" : "idle in transaction");
        }
        assertThat(fixture.read(attempt.formatted(""))).as("%s, released", lock).isEqualTo("t");
    }

    @Test
    void whatASerializableTransactionHasReadIsHeldAndMakesAnotherFail() throws Exception {
        LockRequest read = LockRequest.predicate("SELECT sum(balance) FROM account");
        assertThat(writesWhatItsReadingDependsOn()).as("without it").isEqualTo("ok");
        try (LockHolder holder = fixture.locks().hold(read)) {
            assertThat(fixture.read("SELECT mode FROM pg_locks WHERE mode = 'SIReadLock' AND relation = "
                            + "'account'::regclass AND pid = " + holder.pid()))
                    .isEqualTo("SIReadLock");
            assertThat(writesWhatItsReadingDependsOn()).isEqualTo("40001");
        }
    }

    /** One has read what another has changed since, and writes what our session has read. */
    private String writesWhatItsReadingDependsOn() throws Exception {
        String serializable = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
        Connection application = fixture.begin(serializable, "SELECT sum(balance) FROM booking");
        Connection other = fixture.begin(serializable, "UPDATE booking SET balance = balance + 1 WHERE id = 1");
        other.commit();
        String end = end(fixture.inBackground(() -> {
            run(application, "UPDATE account SET balance = balance + 1 WHERE id = 1");
            application.commit();
        }));
        application.rollback();
        return end;
    }

    @Test
    void definitionsOfASchemaCantBeChangedWhileRowsCan() throws Exception {
        Connection application = fixture.connect();
        run(
                application,
                "CREATE VIEW rich AS SELECT * FROM account WHERE balance > 10",
                "CREATE MATERIALIZED VIEW sums AS SELECT sum(balance) FROM account",
                "CREATE SEQUENCE numbers",
                "COMMENT ON VIEW rich IS 'those who have'");
        try (LockHolder holder = fixture.locks().hold(LockRequest.definitionsOf(fixture.schema()))) {
            assertThat(holder.isActive()).isTrue();
            run(application, "UPDATE account SET balance = 1 WHERE id = 1", "SELECT nextval('numbers')");
            refused(application, "ALTER TABLE account ADD COLUMN name text");
            refused(application, "CREATE INDEX ON booking (balance)");
            refused(application, "DROP VIEW rich");
            refused(application, "REFRESH MATERIALIZED VIEW sums");
            refused(application, "DROP SEQUENCE numbers");
        }
        run(application, "ALTER TABLE account ADD COLUMN name text");
        assertThat(fixture.read("SELECT obj_description('rich'::regclass)")).isEqualTo("those who have");
    }

    @Test
    void whatAStatementLocksIsHeldAndItsEffectNeverComes() throws Exception {
        try (LockHolder holder =
                fixture.locks().hold(LockRequest.statement("UPDATE account SET balance = 0 WHERE id = 3"))) {
            assertThat(holder.isActive()).isTrue();
            refused(fixture.connect(), "SELECT 1 FROM account WHERE id = 3 FOR SHARE");
        }
        assertThat(fixture.read("SELECT balance FROM account WHERE id = 3")).isEqualTo("1000");
    }

    @Test
    void aDataSourceThatFetchesAFewRowsAtATimeLocksAllOfThem() throws Exception {
        PGSimpleDataSource fewAtATime = fixture.source();
        fewAtATime.setDefaultRowFetchSize(1);
        Locks locks = Locks.of(fixture.scope(), fewAtATime);
        String free = "SELECT count(*) FROM (SELECT FROM account FOR UPDATE SKIP LOCKED) AS free";
        for (LockRequest all : List.of(
                LockRequest.row("account", "balance", 1000), LockRequest.statement("SELECT FROM account FOR UPDATE"))) {
            try (LockHolder holder = locks.hold(all)) {
                assertThat(fixture.read(free)).as("%s", holder).isEqualTo("0");
            }
        }
    }

    @Test
    void theWaiterIsNamedAndGoesOnWhenTheLockIsClosed() throws Exception {
        LockHolder holder = fixture.locks().hold(row(1));
        Connection application = fixture.connect();
        assertThat(holder.waiters()).isEmpty();
        Future<String> waits = fixture.start(application, "UPDATE account SET balance = 5 WHERE id = 1");

        List<Activity> waiters = holder.awaitWaiter();

        assertThat(waiters).extracting(Activity::pid).containsExactly(pid(application));
        assertThat(waiters.get(0).query()).startsWith("UPDATE account");
        assertThat(waits).isNotDone();
        holder.close();
        holder.close();
        assertThat(end(waits)).isEqualTo("ok");
        assertThat(holder.isActive()).isFalse();
        assertThat(fixture.locksOf(holder.pid())).isZero();
        assertThat(fixture.ledger())
                .containsSubsequence(
                        "commanded: hold row id = 1 of account for update by pid " + holder.pid() + " (reach: schema)")
                .anyMatch(line -> line.startsWith("healed: let go of row id = 1 of account for update, "));
    }

    @Test
    void theEndOfTheScopeLetsGo() throws Exception {
        LockHolder row = fixture.locks().hold(row(1));
        LockHolder key = fixture.locks().hold(LockRequest.advisory(1, 77).forSession());
        fixture.scope().heal();

        assertThat(row.isActive()).isFalse();
        assertThat(key.isActive()).isFalse();
        assertThat(fixture.locksOf(row.pid()) + fixture.locksOf(key.pid())).isZero();
    }

    @Test
    void aKilledHolderIsClosedWithoutHarmAndItsLockIsFree() throws Exception {
        LockHolder holder = fixture.locks().hold(row(1));
        fixture.read("SELECT pg_terminate_backend(" + holder.pid() + ", 10000)");
        holder.close();

        assertThat(fixture.ledger())
                .anyMatch(line -> line.startsWith("healed: row id = 1 of account for update ended with its session"));
        run(fixture.connect(), "SET lock_timeout = 1", "UPDATE account SET balance = 5 WHERE id = 1");
    }

    @Test
    void anInterruptedThreadLetsGoAllTheSame() throws Exception {
        LockHolder holder = fixture.locks().hold(row(1));
        Future<String> closing = fixture.inBackground(() -> {
            Thread.currentThread().interrupt();
            holder.close();
            assertThat(Thread.interrupted()).isTrue();
        });

        assertThat(end(closing)).isEqualTo("ok");
        assertThat(fixture.locksOf(holder.pid())).isZero();
    }
}
