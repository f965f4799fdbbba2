// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ReadinessTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void allMustBeReadyInTheSameLook() {
        AtomicInteger cache = new AtomicInteger();

        Readiness.of("database", () -> looks.incrementAndGet() != 2)
                .and("cache", () -> cache.incrementAndGet() > 1)
                .within(LONG);

        assertThat(looks).as("the database was gone when the cache came").hasValue(3);
    }

    @Test
    void whoIsNotReadyIsNamedWithTheReason() {
        assertThatThrownBy(() -> Readiness.of("database", () -> true)
                        .and("cache", () -> false)
                        .and("broker", () -> {
                            throw new IOException("refused");
                        })
                        .and("index", () -> null)
                        .within(Duration.ZERO))
                .isInstanceOf(WatchError.class)
                .hasMessage(
                        "database, cache, broker, index must be ready within 0us, but cache, broker, index are not. See "
                                + "why each is not."
                                + "\n  cache    : said false"
                                + "\n  broker   : threw java.io.IOException: refused"
                                + "\n  index    : said null");
    }

    @Test
    void whoDoesNotAnswerIsNamedToo() throws Exception {
        VirtualTime time = new VirtualTime();
        CountDownLatch asked = new CountDownLatch(1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<?> waits = executor.submit(() -> Readiness.of("cache", () -> false)
                    .and("database", () -> {
                        asked.countDown();
                        return new CountDownLatch(1).await(1, TimeUnit.DAYS);
                    })
                    .on(time)
                    .within(Duration.ofSeconds(5)));
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            time.advance(Duration.ofSeconds(10));

            assertThatThrownBy(() -> waits.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(WatchError.class)
                    .hasMessageStartingWith(
                            "cache, database must be ready within 5s, but cache, database are not. See why "
                                    + "each is not.\n  cache    : said false\n  database : was asked and has not answered\n  hangs  ");
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void whatIsReadyIsNotWaitedFor() {
        VirtualTime still = new VirtualTime();

        Readiness.of("database", () -> looks.incrementAndGet() == 1).on(still).within(LONG);

        assertThat(looks).hasValue(1);
        assertThat(still.timers()).isEmpty();
    }
}
