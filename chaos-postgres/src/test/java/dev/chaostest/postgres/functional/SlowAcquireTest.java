// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.PoolFixture.answers;
import static dev.chaostest.postgres.functional.PoolFixture.hits;
import static dev.chaostest.postgres.functional.PoolFixture.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.pool.PoolMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A getConnection that is late. */
class SlowAcquireTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static Rule delay(Duration length, When strikes) {
        return Rule.of(PoolMount.acquire(), Trigger.always(), new Delay(length, length, strikes));
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** What a thread of its own gets, and whether it had its interrupt flag behind it. */
    private record Got(Object what, boolean interrupted, Duration after) {}

    private static Got acquire(HikariDataSource pool) {
        long began = System.nanoTime();
        try (Connection connection = pool.getConnection()) {
            return new Got(connection.isValid(30), Thread.currentThread().isInterrupted(), since(began));
        } catch (SQLException e) {
            return new Got(e, Thread.interrupted(), since(began));
        }
    }

    /** A caller on a thread of its own, so that it can be interrupted. */
    private static final class Caller {
        private final CompletableFuture<Got> got = new CompletableFuture<>();
        private final Thread thread;

        Caller(HikariDataSource pool) {
            thread = new Thread(() -> got.complete(acquire(pool)), "caller");
            thread.setDaemon(true);
            thread.start();
        }

        Got got() throws InterruptedException, ExecutionException, TimeoutException {
            return got.get(30, TimeUnit.SECONDS);
        }
    }

    private static Caller callerThatIsHit(PoolFixture fixture, ChaosScope scope) throws InterruptedException {
        try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            Caller caller = new Caller(fixture.pool());
            fired.await(DEADLINE);
            return caller;
        }
    }

    @Test
    void withoutARuleEveryAcquireIsOneHitAndNothingElse() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(2, Duration.ofSeconds(30));
                ChaosScope scope = fixture.arm()) {
            for (int i = 0; i < 3; i++) {
                try (Connection connection = fixture.pool().getConnection();
                        Connection real = fixture.plain().getConnection()) {
                    assertThat(connection.getClass()).isSameAs(real.getClass());
                    assertThat(connection.unwrap(PGConnection.class)).isNotNull();
                }
            }
            assertThat(hits(scope)).isEqualTo(3);
            assertThat(scope.fired()).isEmpty();
            assertThat(fixture.pool().unwrap(HikariDataSource.class)).isSameAs(fixture.pool());
            assertThat(fixture.pool().toString()).isEqualTo("HikariDataSource (bank-chaos)");
        }
    }

    @Test
    void whileNoRoundIsArmedNothingIsCounted() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(2, Duration.ofSeconds(30))) {
            ChaosScope scope = fixture.arm(delay(LONG, When.BEFORE));
            scope.heal();
            fixture.pool().getConnection().close();
            assertThat(hits(scope)).isZero();
            scope.close();
        }
    }

    @Test
    void aDelayBeforeIsWaitedForAndTheConnectionIsGood() {
        try (PoolFixture fixture = new PoolFixture(2, Duration.ofSeconds(30));
                ChaosScope scope = fixture.arm(delay(Duration.ofMillis(150), When.BEFORE))) {
            Got got = acquire(fixture.pool());

            assertThat(got.what()).isEqualTo(true);
            assertThat(got.after()).isGreaterThanOrEqualTo(Duration.ofMillis(150));
            assertThat(answers(scope)).containsExactly("after 150ms");
            assertThat(scope.fired().get(0).hit()).hasToString("pool:acquire, 1st on lane pool-1");
            assertThat(scope.fired().get(0).caller()).startsWith("SlowAcquireTest.acquire:");
            scope.verify();
        }
    }

    @Test
    void aDelayLongerThanTheTimeOutEndsAsHikaricpsOwnTimeOutDoes() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(1, Duration.ofMillis(800));
                ChaosScope scope = fixture.arm(delay(LONG, When.BEFORE))) {
            SQLException real;
            try (Connection only = fixture.plain().getConnection()) {
                assertThat(only.isValid(30)).isTrue();
                real = catchThrowableOfType(SQLException.class, fixture.plain()::getConnection);
            }
            long began = System.nanoTime();
            SQLException ours = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);

            assertThat(since(began))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(800))
                    .isLessThan(LONG);
            assertThat((Throwable) ours).hasSameClassAs(real).isInstanceOf(SQLTransientConnectionException.class);
            assertThat(shape(ours)).isEqualTo(shape(real));
            assertThat(ours.getSQLState()).isEqualTo(real.getSQLState()).isNull();
            assertThat(ours.getErrorCode()).isEqualTo(real.getErrorCode());
            assertThat(ours.getCause()).isNull();
            assertThat(real.getCause()).isNull();
            assertThat(answers(scope)).containsExactly("timed out after 800ms, before 600s were over (forged)");
            scope.verify();
        }
    }

    @Test
    void theTimeOutBoundsTheDelayAndTheRealWaitTogether() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(1, Duration.ofSeconds(6))) {
            List<Connection> all = fixture.borrow(1);
            try (ChaosScope scope = fixture.arm(delay(Duration.ofMillis(5500), When.BEFORE))) {
                long began = System.nanoTime();
                SQLException ours = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);

                assertThat((Throwable) ours).isInstanceOf(SQLTransientConnectionException.class);
                assertThat(since(began)).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(11)); // not both
                assertThat(answers(scope)).containsExactly("after 5.5s");
            }
            PoolFixture.giveBack(all);
        }
    }

    @Test
    void aDelayAfterHoldsAConnectionAndNoTimeOutBoundsIt() {
        try (PoolFixture fixture = PoolFixture.warm(2, Duration.ofMillis(800));
                ChaosScope scope = fixture.arm(delay(Duration.ofSeconds(1), When.AFTER))) {
            Got got = acquire(fixture.pool());

            assertThat(got.what()).isEqualTo(true);
            assertThat(got.after()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(answers(scope)).containsExactly("after 1s");
        }
    }

    @Test
    void anInterruptEndsItAsItEndsHikaricpsOwnWait() throws Exception {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofMinutes(1));
                ChaosScope scope = fixture.arm(delay(LONG, When.BEFORE))) {
            Got real;
            try (Connection only = fixture.plain().getConnection()) {
                assertThat(only.isValid(30)).isTrue();
                Caller waits = new Caller(fixture.plain());
                Patience.await()
                        .until(() -> fixture.plain().getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
                waits.thread.interrupt();
                real = waits.got();
            }
            Caller ours = callerThatIsHit(fixture, scope);
            ours.thread.interrupt();

            assertThat(ours.got().interrupted()).isTrue().isEqualTo(real.interrupted());
            assertThat(ours.got().what()).hasSameClassAs(real.what());
            SQLException thrown = (SQLException) ours.got().what();
            assertThat(shape(thrown))
                    .isEqualTo(shape((Throwable) real.what()))
                    .isEqualTo("bank - Interrupted during connection acquisition");
            assertThat((Throwable) thrown).hasCauseExactlyInstanceOf(InterruptedException.class);
            assertThat(thrown.getSQLState()).isEqualTo(((SQLException) real.what()).getSQLState());
            assertThat(answers(scope)).containsExactly("interrupted");
        }
    }

    @Test
    void anInterruptBehindTheEffectGivesTheConnectionBack() throws Exception {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofMinutes(1));
                ChaosScope scope = fixture.arm(delay(LONG, When.AFTER))) {
            Caller caller = callerThatIsHit(fixture, scope);
            Patience.await().until(() -> fixture.numbers().getActiveConnections() == 1);
            caller.thread.interrupt();

            assertThat(caller.got().what()).isInstanceOf(SQLException.class);
            assertThat(caller.got().interrupted()).isTrue();
            assertThat(fixture.numbers().getActiveConnections()).isZero();
        }
    }

    @Test
    void theEndOfTheRoundFreesIt() throws Exception {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofMinutes(1))) {
            ChaosScope scope = fixture.arm(delay(Duration.ofSeconds(45), When.BEFORE));
            Caller caller = callerThatIsHit(fixture, scope);
            scope.close();

            assertThat(caller.got().what()).isEqualTo(true);
            assertThat(answers(scope)).containsExactly("before 45s were over, the round ended");
        }
    }

    @Test
    void theEndOfThePoolFreesItAsAClosedPoolAnswers() throws Exception {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofMinutes(1));
                ChaosScope scope = fixture.arm(delay(Duration.ofSeconds(45), When.BEFORE))) {
            Caller caller = callerThatIsHit(fixture, scope);
            fixture.pool().close();
            SQLException real = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);

            assertThat((Throwable) caller.got().what()).hasSameClassAs(real).hasMessage(real.getMessage());
            assertThat(answers(scope)).startsWith("before 45s were over, the pool was closed");
        }
    }

    @Test
    void inParallelEachCallerIsLateAndCountedOnce() throws Exception {
        try (PoolFixture fixture = new PoolFixture(4, Duration.ofSeconds(60));
                ChaosScope scope = fixture.arm(delay(Duration.ofMillis(20), When.BEFORE))) {
            List<Caller> callers =
                    Stream.generate(() -> new Caller(fixture.pool())).limit(12).toList();
            for (Caller caller : callers) {
                assertThat(caller.got().what()).isEqualTo(true);
            }
            assertThat(hits(scope)).isEqualTo(12);
            assertThat(answers(scope)).hasSize(12).containsOnly("after 20ms");
        }
    }
}
