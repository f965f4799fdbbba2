// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a pool of five does to ten workers: its limit shows in the peak, and in who is turned away; not in who succeeds. */
class PoolLimitTest {

    private static final int SIZE = 5;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    @Test
    void whereEachGivesBackSoonAllSucceedAndNeverMoreThanFiveAtOnce() throws InterruptedException {
        CyclicBarrier five = new CyclicBarrier(SIZE);
        try (PoolFixture fixture = new PoolFixture(SIZE, Duration.ofSeconds(60))) {
            Workers.of(2 * SIZE).run(worker -> {
                try (Connection connection = fixture.pool().getConnection()) {
                    peak.accumulateAndGet(open.incrementAndGet(), Math::max);
                    five.await(60, TimeUnit.SECONDS);
                    assertThat(connection.isValid(30)).isTrue();
                    open.decrementAndGet();
                }
            });
        }
        assertThat(peak).hasValue(SIZE);
    }

    @Test
    void whereNobodyGivesBackInTimeTheOthersAreTurnedAway() throws Exception {
        CountDownLatch turnedAway = new CountDownLatch(SIZE);
        try (PoolFixture fixture = PoolFixture.warm(SIZE, Duration.ofSeconds(2))) {
            Outcomes<?> outcomes = Workers.of(2 * SIZE)
                    .classify(failure -> failure instanceof SQLTransientConnectionException
                            ? Optional.of("turned away")
                            : Optional.empty())
                    .run(worker -> {
                        try (Connection connection = fixture.pool().getConnection()) {
                            peak.accumulateAndGet(open.incrementAndGet(), Math::max);
                            turnedAway.await(60, TimeUnit.SECONDS);
                            assertThat(connection.isValid(30)).isTrue();
                        } catch (SQLTransientConnectionException e) {
                            turnedAway.countDown();
                            throw e;
                        }
                    });
            assertThat(outcomes.count("turned away")).isEqualTo(SIZE);
        }
        assertThat(peak).hasValue(SIZE);
    }
}
