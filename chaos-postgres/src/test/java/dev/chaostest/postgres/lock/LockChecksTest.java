// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import static dev.chaostest.postgres.lock.LockFixture.end;
import static dev.chaostest.postgres.lock.LockFixture.pid;
import static dev.chaostest.postgres.lock.LockFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Who waits and who holds what is asked of the server, and a check that fails says who waits for whom. */
class LockChecksTest {

    private LockFixture fixture;
    private Locks locks;
    private Connection holder;
    private Connection waiter;

    @BeforeEach
    void open() throws Exception {
        fixture = new LockFixture();
        locks = fixture.locks();
        holder = fixture.begin("LOCK TABLE account IN SHARE MODE");
        waiter = fixture.connect();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void aSessionThatWaitsIsBlockedUntilItGoesOn() throws Exception {
        locks.assertNotBlocked(Sessions.of(waiter));
        Future<String> waits = fixture.start(waiter, "UPDATE account SET balance = 0");

        assertThat(locks.awaitBlocked(Sessions.of(waiter))).containsExactly(pid(waiter));
        locks.assertBlocked(Sessions.pid(pid(waiter)));
        locks.assertNotBlocked(Sessions.of(holder));
        holder.rollback();
        assertThat(end(waits)).isEqualTo("ok");
        locks.assertNotBlocked(Sessions.of(waiter));
    }

    @Test
    void anySessionOfAMountIsFound() throws Exception {
        try (WireMount mount = WireMount.twinOf("checks")) {
            PGSimpleDataSource mounted = fixture.source();
            mounted.setSslMode("disable");
            mounted.setSocketFactory(mount.properties().getProperty("socketFactory"));
            mounted.setSocketFactoryArg(mount.key());
            Connection idle = fixture.connect(mounted);
            Connection waiting = fixture.connect(mounted);
            locks.assertNotBlocked(Sessions.of(mount));
            Future<String> waits = fixture.start(waiting, "UPDATE account SET balance = 0");

            assertThat(locks.awaitBlocked(Sessions.of(mount)))
                    .containsExactly(pid(waiting))
                    .doesNotContain(pid(idle));
            holder.rollback();
            assertThat(end(waits)).isEqualTo("ok");
        }
    }

    @Test
    void aWaitForASafeSnapshotCountsToo() throws Exception {
        Connection writer = fixture.begin(
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "UPDATE booking SET balance = 0 WHERE id = 1");
        Future<String> waits = fixture.start(
                waiter, "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; SELECT 1 FROM booking; COMMIT");
        locks.awaitBlocked(Sessions.of(waiter));
        writer.rollback();
        assertThat(waits).isNotNull();
    }

    @Test
    void whoDoesNotWaitIsNotBlocked() throws Exception {
        String nobody =
                ("pid P must wait for another session, but does not. Use awaitBlocked where it may not have come to "
                                + "it yet.\n  ")
                        .replace("P", String.valueOf(pid(waiter)));
        assertThatThrownBy(() -> locks.assertBlocked(Sessions.of(waiter)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(nobody);
        assertThatThrownBy(() -> locks.within(Duration.ofMillis(50)).awaitBlocked(Sessions.of(waiter)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "pid " + pid(waiter) + " must wait for another session within 50ms, but does not. "
                                + "Have it ask for a lock that another one holds.\n  ");
    }

    @Test
    void whoWaitsIsShownWithWhomItWaitsFor() throws Exception {
        Future<String> waits = fixture.start(waiter, "UPDATE account SET balance = 0");
        locks.awaitBlocked(Sessions.of(waiter));
        assertThatThrownBy(() -> locks.assertNotBlocked(Sessions.of(waiter)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("pid " + pid(waiter) + " must wait for nobody, but pid " + pid(waiter)
                        + " does.\n  pid " + pid(waiter) + " (")
                .hasMessageContaining(" (RowExclusiveLock on ")
                .hasMessageContaining(" for pid " + pid(holder) + " (");
        holder.rollback();
        assertThat(end(waits)).isEqualTo("ok");
    }

    @Test
    void whatASessionHoldsIsComparedExactly() throws Exception {
        locks.assertHolds(Sessions.of(holder), TableLockMode.SHARE, "account");
        locks.assertHolds(Sessions.of(holder), TableLockMode.SHARE, fixture.schema() + ".ACCOUNT");
        assertThatThrownBy(() -> locks.assertHolds(Sessions.of(holder), TableLockMode.EXCLUSIVE, "account"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("pid " + pid(holder) + " must hold table account in mode exclusive, but holds account in "
                        + "ShareLock.\n  ");
        assertThatThrownBy(() -> locks.assertHolds(Sessions.of(waiter), TableLockMode.SHARE, "account"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "pid " + pid(waiter) + " must hold table account in mode share, but holds nothing.\n  ");
    }

    @Test
    void aServerThatDoesNotAnswerIsNoGreenCheck() throws Exception {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl(TestServer.url());
        nowhere.setUser(fixture.schema() + "_nobody");
        assertThatThrownBy(() -> Locks.of(fixture.scope(), nowhere).assertNotBlocked(Sessions.of(waiter)))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The server must say who waits for whom, but answered 28000. Check that it runs and that one "
                                + "more connection is possible; see the cause.");
        assertThatThrownBy(() -> Locks.of(fixture.scope(), nowhere).hold(LockRequest.advisory(1, 9)))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "advisory lock 1, 9 must have a session of its own, but connecting failed with state 28000. Check "
                                + "that one more connection is possible; see the cause.");
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        Future<String> waits = fixture.inBackground(() -> {
            Thread.currentThread().interrupt();
            locks.awaitBlocked(Sessions.of(waiter));
        });
        assertThatThrownBy(() -> end(waits))
                .cause()
                .isInstanceOf(ChaosException.class)
                .hasMessage("A wait for the server must not be interrupted, but was. See who did it.");
        run(waiter, "SELECT 1");
    }
}
