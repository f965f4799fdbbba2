// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.PoolFixture.answers;
import static dev.chaostest.postgres.functional.PoolFixture.hits;
import static dev.chaostest.postgres.functional.PoolFixture.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.SwitchedSource;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.TestPool;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** A getConnection that fails, and what the seam refuses. */
class NoConnectionTest {

    private static final Duration SHORT = Duration.ofMillis(800);

    private static Rule first(int times, NoConnection fault) {
        return Rule.of(PoolMount.acquire(), Trigger.first(times), fault);
    }

    @Test
    void withoutTheWaitTheTimeOutIsToldAllTheSame() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(2, Duration.ofDays(1));
                ChaosScope scope = fixture.arm(first(1, NoConnection.timedOut().atOnce()))) {
            assertThatThrownBy(fixture.pool()::getConnection)
                    .isExactlyInstanceOf(SQLTransientConnectionException.class)
                    .hasMessage("bank-chaos - Connection is not available, request timed out after 86400000ms "
                            + "(total=0, active=0, idle=0, waiting=0)");
            fixture.pool().getConnection().close();
            scope.verify();
        }
    }

    @Test
    void theFirstTwoTimeOutAndTheThirdIsGiven() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(2, SHORT);
                ChaosScope scope = fixture.arm(first(2, NoConnection.timedOut()))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(fixture.pool()::getConnection)
                        .isExactlyInstanceOf(SQLTransientConnectionException.class)
                        .hasMessageMatching("bank-chaos - Connection is not available, request timed out after \\d+ms "
                                + "\\(total=\\d+, active=0, idle=\\d+, waiting=0\\)");
            }
            try (Connection third = fixture.pool().getConnection()) {
                assertThat(third.isValid(30)).isTrue();
            }
            assertThat(answers(scope))
                    .containsExactly(
                            "timed out without an SQLSTATE (forged)", "timed out without an SQLSTATE (forged)");
            assertThat(hits(scope)).isEqualTo(3);
            scope.verify();
        }
    }

    @Test
    void aRefusedConnectionIsWhatHikaricpThrowsWhenNobodyListens() {
        try (PoolFixture nowhere = new PoolFixture("jdbc:postgresql://127.0.0.1:1/postgres", 1, Duration.ofSeconds(2));
                ChaosScope scope = nowhere.arm(first(1, NoConnection.refused("08001")))) {
            SQLException real = catchThrowableOfType(SQLException.class, nowhere.plain()::getConnection);
            SQLException ours = catchThrowableOfType(SQLException.class, nowhere.pool()::getConnection);

            assertThat(scope.fired()).hasSize(1);
            assertSame(ours, real);
            assertThat(ours.getSQLState()).isEqualTo("08001");
            assertThat(ours.getCause())
                    .isExactlyInstanceOf(PSQLException.class)
                    .hasMessage("Connection to 127.0.0.1:1 refused. Check that the hostname and port are correct and "
                            + "that the postmaster is accepting TCP/IP connections.");
            assertThat(answers(scope)).containsExactly("08001 (forged)");
            scope.verify();
        }
    }

    static void assertSame(SQLException ours, SQLException real) {
        assertThat((Throwable) ours).hasSameClassAs(real);
        assertThat(shape(ours)).isEqualTo(shape(real));
        assertThat(ours.getSQLState()).isEqualTo(real.getSQLState());
        assertThat(ours.getErrorCode()).isEqualTo(real.getErrorCode());
        assertThat(ours.getCause())
                .hasSameClassAs(real.getCause())
                .hasMessage(real.getCause().getMessage());
        assertThat((Throwable) ours.getNextException()).isSameAs(ours.getCause());
        assertThat((Throwable) real.getNextException()).isSameAs(real.getCause());
    }

    @Test
    void belowAPoolOfSomethingElseThanTheDriverItIsSaidInTheDriversWords() throws SQLException {
        try (TestPool pool = TestPool.of(new SwitchedSource(IsolationTestServer::admin), 1, "switched")) {
            pool.dataSource().getConnection().close();
            ((HikariDataSource) pool.dataSource()).setConnectionTimeout(SHORT.toMillis());
            PoolMount mount = PoolMount.of(pool.dataSource());
            try (ChaosScope scope =
                    ChaosScope.open("test", Plan.of(new Seed(7), first(1, NoConnection.refused("08001"))))) {
                scope.arm(mount.mount());
                SQLException ours = catchThrowableOfType(SQLException.class, pool.dataSource()::getConnection);
                assertThat(ours.getSQLState()).isEqualTo("08001");
                assertThat(ours.getCause())
                        .isExactlyInstanceOf(PSQLException.class)
                        .hasRootCauseInstanceOf(ConnectException.class);
                pool.dataSource().getConnection().close();
                scope.verify();
            }
        }
    }

    @Test
    void aServerThatIsStartingUpSaysSo() {
        try (PoolFixture fixture = PoolFixture.warm(1, SHORT);
                ChaosScope scope = fixture.arm(first(1, NoConnection.refused("57P03")))) {
            SQLException ours = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);

            assertThat(ours.getSQLState()).isEqualTo("57P03");
            assertThat(ours.getCause())
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            cause -> assertThat(cause.getServerErrorMessage().getSeverity())
                                    .isEqualTo("FATAL"))
                    .hasMessage("FATAL: the database system is starting up");
            scope.verify();
        }
    }

    @Test
    void aDelayInFrontOfItIsPartOfTheWait() {
        Rule slow = Rule.of(PoolMount.acquire(), Trigger.always(), Delay.of(Duration.ofMinutes(1)));
        try (PoolFixture fixture = PoolFixture.warm(1, SHORT);
                ChaosScope scope = fixture.arm(slow, first(1, NoConnection.refused("08001")))) {
            SQLException ours = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);

            assertThat(ours.getSQLState()).isEqualTo("08001");
            assertThat(answers(scope))
                    .containsExactly("timed out after 800ms, before 60s were over (forged)", "08001 (forged)");
        }
    }

    @Test
    void whoIsStillWaitingWhenTheRoundEndsGetsAConnectionAndTheTestIsRed() throws Exception {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofSeconds(30))) {
            ChaosScope scope = fixture.arm(first(1, NoConnection.timedOut()));
            CompletableFuture<Boolean> valid;
            try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                valid = CompletableFuture.supplyAsync(() -> isValid(fixture.pool()));
                fired.await(Duration.ofSeconds(30));
            }
            scope.heal();

            assertThat(valid.get(30, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(scope::verify)
                    .isInstanceOf(UnfulfilledPlanError.class)
                    .hasMessageContaining(
                            "planned was no connection from the pool (all are in use) at pool:acquire, 1st "
                                    + "on lane pool-1, but before")
                    .hasMessageContaining("were over, the round ended came back");
            scope.close();
        }
    }

    private static boolean isValid(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(30);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void statesThatNoConnectFailsWithAreRefused() {
        assertThatThrownBy(() -> NoConnection.refused("40001"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("sqlState must be one that an attempt to connect fails with, one of [08001, 53300, 57P03], "
                        + "but was 40001. Leave it out for a pool whose connections are all in use.");
    }

    @Test
    void otherFaultsAndOtherTargetsAreRefused() {
        try (PoolFixture fixture = PoolFixture.warm(1, SHORT)) {
            assertThatThrownBy(() -> fixture.arm(Rule.of(PoolMount.acquire(), Trigger.always(), new Cut(When.BEFORE))))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A fault on the pool \"bank-chaos\" must be one of [Delay, NoConnection], but rule "
                            + "\"connection lost before the effect (nothing was sent) at pool:acquire, every time\" has a Cut. "
                            + "Use one of those, or another seam.");
        }
        assertThatThrownBy(() -> Rule.of(Target.seam("sql"), Trigger.always(), NoConnection.timedOut()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("NoConnection must be at the pool seam, but the target is every sql site. Use "
                        + "PoolMount.acquire(), or a Cut or a ServerError for statements.");
    }

    @Test
    void aDataSourceThatIsNoPoolCanBeLateOnly() throws SQLException {
        PGSimpleDataSource unpooled = IsolationTestServer.admin();
        PoolMount mount = PoolMount.of(unpooled);
        Rule late = Rule.of(PoolMount.acquire(), Trigger.always(), Delay.of(Duration.ofMillis(30)));
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7), late))) {
            scope.arm(mount.mount());
            try (Connection one = mount.dataSource().getConnection();
                    Connection two = mount.dataSource().getConnection("postgres", "postgres")) {
                assertThat(one.getClass()).isSameAs(two.getClass());
                assertThat(one.isValid(30)).isTrue();
            }
            assertThat(hits(scope)).isEqualTo(2);
            assertThat(answers(scope)).containsExactly("after 30ms", "after 30ms");
            assertThat(mount.dataSource().unwrap(PGSimpleDataSource.class)).isSameAs(unpooled);
            assertThatThrownBy(() -> scope.inject(first(1, NoConnection.timedOut())))
                    .hasMessageStartingWith(
                            "A fault on the DataSource org.postgresql.ds.PGSimpleDataSource must be one of [Delay],");
            assertThatThrownBy(() -> mount.exhaust(scope, 0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "the DataSource org.postgresql.ds.PGSimpleDataSource must be a pool of HikariCP to be exhausted, "
                                    + "but none is found. Use leak(scope, count) with its maximum.");
        }
    }

    @Test
    void aPoolOfTheUsersIsHitAroundIt() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(1, SHORT)) {
            HikariDataSource plain = fixture.plain();
            PoolMount mount = PoolMount.of(new SwitchedSource(() -> plain));
            try (ChaosScope scope =
                    ChaosScope.open("test", Plan.of(new Seed(7), first(1, NoConnection.refused("08001"))))) {
                scope.arm(mount.mount());
                assertThatThrownBy(mount.dataSource()::getConnection)
                        .isInstanceOf(SQLTransientConnectionException.class)
                        .hasMessageStartingWith("bank - Connection is not available, request timed out after ");
                mount.dataSource().getConnection().close();
                plain.getConnection().close();
                assertThat(hits(scope)).isEqualTo(2);
                scope.verify();
            }
        }
    }

    @Test
    void proxiesAroundASeamDoNotCountTwice() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(1, SHORT);
                ChaosScope scope = fixture.arm()) {
            PoolMount through = PoolMount.of(new SwitchedSource(fixture::pool));
            assertThat(through.mount()).isSameAs(fixture.mount().mount());
            through.dataSource().getConnection().close();
            assertThat(PoolMount.of(PoolMount.of(fixture.plain()).dataSource()).dataSource())
                    .isNotInstanceOf(HikariDataSource.class);
            assertThat(hits(scope)).isEqualTo(1);
        }
    }
}
