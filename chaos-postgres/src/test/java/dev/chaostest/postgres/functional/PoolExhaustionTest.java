// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.PoolFixture.giveBack;
import static dev.chaostest.postgres.functional.PoolFixture.hits;
import static dev.chaostest.postgres.functional.PoolFixture.notes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.pool.PoolMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A pool that is really exhausted, or really leaks. */
class PoolExhaustionTest {

    private static final Duration SHORT = Duration.ofMillis(800);

    @Test
    void everyoneElseGetsHikaricpsOwnTimeOutUntilItIsClosed() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(3, SHORT);
                ChaosScope scope = fixture.arm()) {
            Injection none = fixture.mount().exhaust(scope, 0);
            assertThat(none.isActive()).isTrue();
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(3);
            assertThatThrownBy(fixture.pool()::getConnection)
                    .isExactlyInstanceOf(SQLTransientConnectionException.class)
                    .hasMessageMatching("bank-chaos - Connection is not available, request timed out after \\d+ms "
                            + "\\(total=3, active=3, idle=0, waiting=0\\)");

            none.close();
            none.close();
            assertThat(none.isActive()).isFalse();
            assertThat(fixture.numbers().getActiveConnections()).isZero();
            fixture.pool().getConnection().close();
            assertThat(hits(scope)).as("what the library takes is no hit").isEqualTo(2);
            assertThat(notes(scope))
                    .contains(
                            "exhausted the pool \"bank-chaos\": 3 connections are held",
                            "gave 3 held connections back to the pool \"bank-chaos\"");
        }
    }

    @Test
    void aDryRunExhaustsNothingAndSaysSo() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(2, SHORT);
                ChaosScope scope = ChaosScope.openDryRun("test", Plan.of(new Seed(7)));
                Injection none = fixture.mount().exhaust(scope, 0);
                Injection leak = fixture.mount().leak(scope, 1)) {
            assertThat(none.isActive()).isTrue();
            fixture.pool().getConnection().close();
            assertThat(notes(scope))
                    .containsExactly(
                            "dry run: would have exhausted the pool \"bank-chaos\"",
                            "dry run: would have leaked from the pool \"bank-chaos\"");
            leak.close();
            assertThat(leak.isActive()).isFalse();
        }
    }

    @Test
    void oneIsLeftForThoseWhoNeedOne() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(3, SHORT);
                ChaosScope scope = fixture.arm();
                Injection most = fixture.mount().exhaust(scope, 1)) {
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(2);
            try (Connection one = fixture.pool().getConnection()) {
                assertThat(one.isValid(30)).isTrue();
                assertThatThrownBy(fixture.pool()::getConnection).isInstanceOf(SQLTransientConnectionException.class);
            }
            fixture.pool().getConnection().close();
            assertThat(most.isActive()).isTrue();
        }
    }

    @Test
    void whatOthersHaveIsTakenWhenTheyGiveItBack() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(3, SHORT);
                ChaosScope scope = fixture.arm()) {
            List<Connection> others = fixture.borrow(2);
            Injection none = fixture.mount().exhaust(scope, 0);
            assertThat(notes(scope))
                    .contains("exhausted the pool \"bank-chaos\": 1 connection is held, the other 2 as they come");
            assertThatThrownBy(fixture.pool()::getConnection).isInstanceOf(SQLTransientConnectionException.class);

            giveBack(others);
            Patience.await().until(() -> fixture.numbers().getActiveConnections() == 3);
            assertThatThrownBy(fixture.pool()::getConnection).isInstanceOf(SQLTransientConnectionException.class);
            none.close();
            assertThat(notes(scope)).contains("gave 3 held connections back to the pool \"bank-chaos\"");
            giveBack(fixture.borrow(3));
        }
    }

    @Test
    void aCallerThatWaitsIsServedAsSoonAsItIsClosed() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(2, Duration.ofHours(1));
                ChaosScope scope = fixture.arm()) {
            Injection none = fixture.mount().exhaust(scope, 0);
            CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(() -> isValid(fixture));
            Patience.await().until(() -> fixture.numbers().getThreadsAwaitingConnection() == 1);
            none.close();

            assertThat(waits.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isValid(PoolFixture fixture) {
        try (Connection connection = fixture.pool().getConnection()) {
            return connection.isValid(30);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theEndOfTheScopeGivesAllBackAlsoWhileItStillQueues() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(2, Duration.ofSeconds(30))) {
            ChaosScope scope = fixture.arm();
            List<Connection> other = fixture.borrow(1);
            Injection none = fixture.mount().exhaust(scope, 0);
            Patience.await().until(() -> fixture.numbers().getThreadsAwaitingConnection() == 1);
            scope.heal();

            assertThat(none.isActive()).isFalse();
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(1);
            assertThat(fixture.numbers().getThreadsAwaitingConnection()).isZero();
            giveBack(other);
            scope.close();
            assertThatThrownBy(() -> fixture.mount().exhaust(scope, 0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "the pool \"bank-chaos\" must give 2 connections to be held, but gave 0, then its round or "
                                    + "the pool ended. Hold them earlier.");
        }
    }

    @Test
    void theEndOfThePoolGivesAllBack() {
        try (PoolFixture fixture = PoolFixture.warm(2, SHORT);
                ChaosScope scope = fixture.arm()) {
            Injection none = fixture.mount().exhaust(scope, 0);
            fixture.pool().close();
            assertThat(none.isActive()).isFalse();
        }
    }

    @Test
    void twoAtOnceShareWhatThereIs() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(4, SHORT);
                ChaosScope scope = fixture.arm();
                Injection one = fixture.mount().leak(scope, 2)) {
            try (Injection rest = fixture.mount().exhaust(scope, 0)) {
                assertThat(fixture.numbers().getActiveConnections()).isEqualTo(4);
                assertThatThrownBy(fixture.pool()::getConnection).isInstanceOf(SQLTransientConnectionException.class);
                assertThat(rest.isActive()).isTrue();
            }
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(2);
            assertThat(one.isActive()).isTrue();
        }
    }

    @Test
    void aLeakLeavesSoManyFewer() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(3, SHORT);
                ChaosScope scope = fixture.arm();
                Injection leak = fixture.mount().leak(scope, 2)) {
            assertThat(leak.isActive()).isTrue();
            assertThat(notes(scope)).contains("leaked from the pool \"bank-chaos\": 2 connections are held");
            try (Connection last = fixture.pool().getConnection()) {
                assertThat(last.isValid(30)).isTrue();
                assertThatThrownBy(fixture.pool()::getConnection)
                        .hasMessageContaining("(total=3, active=3, idle=0, waiting=0)");
            }
        }
    }

    @Test
    void aPoolOfTheUsersCanBeExhaustedToo() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(2, SHORT);
                ChaosScope scope = fixture.arm();
                Injection none = PoolMount.of(fixture.plain()).exhaust(scope, 0)) {
            assertThat(none.isActive()).isTrue();
            assertThatThrownBy(fixture.plain()::getConnection).hasMessageContaining("(total=2, active=2,");
        }
    }

    @Test
    void numbersThatMakeNoSenseAreRefused() {
        try (PoolFixture fixture = PoolFixture.warm(3, SHORT);
                ChaosScope scope = fixture.arm()) {
            PoolMount mount = fixture.mount();
            assertThatThrownBy(() -> mount.exhaust(scope, 3))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "exhaust must leave from 0 to 2 connections of the pool \"bank-chaos\", but was to leave 3. "
                                    + "Leave 0 to have none free.");
            assertThatThrownBy(() -> mount.leak(scope, 4))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "leak must take from 1 to 3 connections of the pool \"bank-chaos\", but was to take 4. Use "
                                    + "exhaust(scope, 0) for all.");
            scope.forbidFaults("not on this server");
            assertThatThrownBy(() -> mount.exhaust(scope, 0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("not on this server");
        }
    }
}
