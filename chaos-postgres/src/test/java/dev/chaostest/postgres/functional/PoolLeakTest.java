// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Who has not given back what it borrowed. */
class PoolLeakTest {

    /** Forgets its connection when the account is odd. */
    private record LeakyService(DataSource bank) {
        Connection pay(int account) throws SQLException {
            Connection connection = borrow();
            if (account % 2 == 0) {
                connection.close();
            }
            return connection;
        }

        private Connection borrow() throws SQLException {
            return bank.getConnection();
        }
    }

    @Test
    void theOneWhoBorrowedIsNamed() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(5, Duration.ofSeconds(30))) {
            Supplier<List<String>> leaks = fixture.mount().watchLeaks();
            LeakyService service = new LeakyService(fixture.pool());
            service.pay(2);
            service.pay(4);
            assertThat(leaks.get()).as("given back, idle in the pool").isEmpty();

            Connection leaked = service.pay(1);
            assertThat(leaks.get())
                    .singleElement()
                    .asString()
                    .matches(
                            "a connection of the pool \"bank-chaos\", borrowed by PoolLeakTest\\$LeakyService\\.borrow:\\d+, "
                                    + "from PoolLeakTest\\$LeakyService\\.pay:\\d+, from PoolLeakTest\\.theOneWhoBorrowedIsNamed:\\d+");
            leaked.close();
            assertThat(leaks.get()).isEmpty();
        }
    }

    @Test
    void onePlaceThatLeaksOftenIsOneSentence() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(5, Duration.ofSeconds(30))) {
            Supplier<List<String>> leaks = fixture.mount().watchLeaks();
            LeakyService service = new LeakyService(fixture.pool());
            for (int account = 1; account <= 90; account++) {
                service.pay(account <= 84 ? 2 * account : 2 * account + account % 2);
            }
            assertThat(leaks.get())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "3 connections of the pool \"bank-chaos\", borrowed by PoolLeakTest$LeakyService.borrow:");
        }
    }

    @Test
    void whatIsGivenBackAMomentLaterIsNoLeak() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(2, Duration.ofSeconds(30))) {
            Supplier<List<String>> leaks = fixture.mount().watchLeaks();
            Connection late = fixture.pool().getConnection();
            CountDownLatch asked = new CountDownLatch(1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(late, asked));
            asked.countDown();
            assertThat(leaks.get()).isEmpty();
            closing.join();
        }
    }

    private static void close(Connection connection, CountDownLatch asked) {
        try {
            asked.await();
            connection.close();
        } catch (SQLException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheLibraryHoldsIsNoLeakOfTheTests() {
        try (PoolFixture fixture = PoolFixture.warm(2, Duration.ofMillis(800));
                ChaosScope scope = fixture.arm()) {
            Supplier<List<String>> leaks = fixture.mount().watchLeaks();
            try (Injection none = fixture.mount().exhaust(scope, 0)) {
                assertThat(none.isActive()).isTrue();
                assertThat(leaks.get()).isEmpty();
            }
        }
    }
}
