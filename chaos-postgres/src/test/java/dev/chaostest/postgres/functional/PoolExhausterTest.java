// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.pool.AcquireReport;
import dev.chaostest.postgres.pool.ConnectionStorm;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.HeldConnections;
import dev.chaostest.postgres.pool.PoolExhauster;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.PoolNumbers;
import dev.chaostest.work.Classifier;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PoolExhausterTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static ChaosScope scope() {
        return ChaosScope.open("test", Plan.of(new Seed(7)));
    }

    private static DataSource unpooled() {
        return DriverSettings.of(WireTestServer.url(), "postgres", null).unpooled();
    }

    @Test
    void everyConnectionOfAPoolIsTakenAndOthersSeeItsTimeout() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(5, TIMEOUT);
                ChaosScope scope = scope()) {
            HeldConnections held = PoolExhauster.of(fixture.pool()).hold(scope, 50);

            AcquireReport report = held.report();
            assertThat(report.acquired()).isEqualTo(5);
            assertThat(report.peak()).isEqualTo(5);
            assertThat(report.refusedBy()).isEqualTo(Map.of("none", 1L));
            assertThat((Throwable) report.refusals().get(0).exception())
                    .isInstanceOf(SQLTransientConnectionException.class);
            assertThat(report.refusals().get(0).waited()).isGreaterThanOrEqualTo(TIMEOUT);
            assertThat(report.longestWait()).isGreaterThanOrEqualTo(TIMEOUT);
            assertThat(report.toString()).startsWith("5 acquired, peak 5, 1 refused {none=1}, longest wait ");

            assertThat(fixture.mount().numbers()).contains(new PoolNumbers(5, 5, 0, 0));
            held.close();
            held.close();
            assertThat(fixture.mount().numbers()).contains(new PoolNumbers(5, 0, 5, 0));
            assertThat(held.isActive()).isFalse();
            assertThat(fixture.numbers().getActiveConnections()).isZero();
            fixture.pool().getConnection().close();
            assertThat(commands(scope)).singleElement().satisfies(command -> {
                assertThat(command.command()).startsWith("hold 5 connections of the pool \"bank-chaos\": 5 acquired");
                assertThat(command.reach()).isEqualTo(Reach.SESSION);
            });
            assertThat(scope.ledger().entries(LedgerEntry.Healed.class))
                    .singleElement()
                    .extracting(LedgerEntry.Healed::how)
                    .isEqualTo("gave 5 connections back, and one can be had again");
        }
    }

    @Test
    void endOfTheScopeGivesThemBack() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(2, TIMEOUT)) {
            HeldConnections held;
            try (ChaosScope scope = scope()) {
                held = PoolExhauster.of(fixture.pool()).hold(scope, 2);
                assertThat(held.size()).isEqualTo(2);
            }
            assertThat(held.isActive()).isFalse();
            fixture.pool().getConnection().close();
        }
    }

    @Test
    void fewerThanThereAreRefuseNobody() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(3, TIMEOUT);
                ChaosScope scope = scope();
                HeldConnections held = PoolExhauster.of(fixture.pool()).hold(scope, 2)) {
            assertThat(held.report().refused()).isZero();
            fixture.pool().getConnection().close();
        }
    }

    /** Ten want one of five: five get it, and hold it until the others have been refused. */
    @Test
    void peakShowsTheLimitThatSuccessesDoNotShow() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(5, TIMEOUT)) {
            Supplier<AcquireReport> use = fixture.mount().watchUse();
            crowd(fixture, 10, 5);

            AcquireReport report = use.get().requirePeakAtMost(5);

            assertThat(report.peak()).isEqualTo(5);
            assertThat(report.refusedBy()).isEqualTo(Map.of("none", 5L));
            fixture.pool().getConnection().close(); // six successes of a pool of five
            assertThat(use.get().acquired()).isEqualTo(6);
            assertThat(use.get().peak()).isEqualTo(5);
        }
    }

    @Test
    void biggerPoolThanItShouldBeIsFoundOut() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(6, TIMEOUT)) {
            Supplier<AcquireReport> use = fixture.mount().watchUse();
            crowd(fixture, 10, 4);

            assertThatThrownBy(() -> use.get().requirePeakAtMost(5))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageMatching("At most 5 connections must be open at the same time, but 6 were\\. Look for a"
                            + " second pool, or for one that is bigger than it should be\\."
                            + "\\n  seen : 6 acquired, peak 6, 4 refused \\{none=4\\}, longest wait .+");
        }
    }

    private static void crowd(PoolFixture fixture, int workers, int refused) throws Exception {
        CountDownLatch refusals = new CountDownLatch(refused);
        Workers.of(workers)
                .classify(Classifier.of("refused", SQLTransientConnectionException.class))
                .run(worker -> {
                    try (Connection held = fixture.pool().getConnection()) {
                        assertThat(refusals.await(30, TimeUnit.SECONDS)).isTrue();
                        assertThat(held.isClosed()).isFalse();
                    } catch (SQLTransientConnectionException late) {
                        refusals.countDown();
                        throw late;
                    }
                });
    }

    @Test
    void serverThatOthersUseIsNotFilled() {
        try (ChaosScope scope = scope()) {
            assertThatThrownBy(() -> PoolExhauster.of(unpooled()).hold(scope))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageMatching("What is held of a server that others use must leave them room, but of its \\d+"
                            + " free connections 10000 were to be held\\. Hold fewer, or fill a server of your own:"
                            + " ofServer\\(PostgresServer\\)\\.");
            assertThatThrownBy(() -> ConnectionStorm.of(unpooled()).open(scope, 1_000, 1_000))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("must leave them room");
            assertThat(commands(scope)).isEmpty();
        }
    }

    @Test
    void fewOfAServerThatOthersUseAreHeld() {
        try (ChaosScope scope = scope();
                HeldConnections held = PoolExhauster.of(unpooled()).hold(scope, 2)) {
            assertThat(held.report().acquired()).isEqualTo(2);
        }
    }

    @Test
    void stormOnAPoolNeverHasMoreThanItsSize() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(3, TIMEOUT);
                ChaosScope scope = scope();
                HeldConnections storm = ConnectionStorm.of(fixture.pool()).open(scope, 12, 10_000)) {
            assertThat(storm.report().peak()).isEqualTo(3);
            assertThat(storm.report().acquired()).isEqualTo(3);
            assertThat(storm.report().refusedBy()).isEqualTo(Map.of("none", 9L));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread ->
                            thread.getName().startsWith("chaos-storm-") && thread.isAlive() && !thread.isDaemon());
        }
    }

    @Test
    void dryRunHoldsNothing() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(1, TIMEOUT);
                ChaosScope scope = ChaosScope.openDryRun("test", Plan.of(new Seed(7)))) {
            assertThat(PoolExhauster.of(fixture.pool()).hold(scope).size()).isZero();
            assertThat(ConnectionStorm.of(fixture.pool()).open(scope, 5, 5).size())
                    .isZero();
            fixture.pool().getConnection().close();
            assertThat(commands(scope)).isEmpty();
        }
    }

    @Test
    void scopeThatForbidsFaultsHoldsNothing() {
        try (PoolFixture fixture = PoolFixture.warm(1, TIMEOUT);
                ChaosScope scope = scope()) {
            scope.forbidFaults("No.");
            assertThatThrownBy(() -> PoolExhauster.of(fixture.pool()).hold(scope))
                    .hasMessage("No.");
            assertThatThrownBy(() -> ConnectionStorm.of(fixture.pool()).open(scope, 1, 1))
                    .hasMessage("No.");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_001})
    void numberOutOfRangeIsRefused(int most) {
        try (PoolFixture fixture = PoolFixture.warm(1, TIMEOUT);
                ChaosScope scope = scope()) {
            assertThatThrownBy(() -> PoolExhauster.of(fixture.pool()).hold(scope, most))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("hold must take 1 to 10000 connections of the pool \"bank-chaos\", but was to take "
                            + most + ". Use hold(scope) for all.");
        }
    }

    @Test
    void stormOutOfRangeIsRefused() {
        try (PoolFixture fixture = PoolFixture.warm(1, TIMEOUT);
                ChaosScope scope = scope()) {
            assertThatThrownBy(() -> ConnectionStorm.of(fixture.pool()).open(scope, 1_001, 1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("In a storm the number of clients must be 1 to 1000, but was 1001."
                            + " For more clients use several storms.");
            assertThatThrownBy(() -> ConnectionStorm.of(fixture.pool()).open(scope, 1, 0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("In a storm the rate must be 1 to 1000000, but was 0."
                            + " For more clients use several storms.");
        }
    }

    private static java.util.List<LedgerEntry.Commanded> commands(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Commanded.class);
    }

    @Test
    void poolMountOfTheSameDataSourceCountsAnew() throws Exception {
        try (PoolFixture fixture = PoolFixture.warm(2, TIMEOUT)) {
            PoolMount.of(fixture.pool()).watchUse();
            fixture.pool().getConnection().close();
            Supplier<AcquireReport> use = PoolMount.of(fixture.pool()).watchUse();
            fixture.pool().getConnection().close();
            assertThat(use.get().acquired()).isEqualTo(1);
        }
    }
}
