// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who fail together must not come back together. */
class JitterTest {

    private static final int BINS = 20;

    /** Chi-square with 19 degrees of freedom is above 43.8 once in a thousand times; the seeds are fixed. */
    private static final double BOUND = 43.8;

    private static final Duration BASE = Duration.ofMillis(100);

    /** The first back-off of 2000 calls, as a share of the range that it may come from. */
    private static List<Double> shares(Jitter jitter, long seed) throws Exception {
        Backoff backoff = new Backoff(BASE, 2, Duration.ofSeconds(5), jitter);
        LeapingTime time = new LeapingTime();
        Retry retry = Retry.of("charge", RetryPolicy.on(Flaky.REFUSED).withBackoff(backoff), new Seed(seed), time);
        for (int i = 0; i < 2_000; i++) {
            retry.call(Flaky.refused(1));
        }
        double from = backoff.shortest(1).toNanos();
        double range = backoff.longest(1).toNanos() - from;
        return time.waits().stream()
                .map(wait -> (wait.toNanos() - from) / range)
                .toList();
    }

    private static void requireUniform(List<Double> shares) {
        int[] bins = new int[BINS];
        shares.forEach(share -> bins[(int) (share * BINS)]++);
        double expected = (double) shares.size() / BINS;
        double chiSquare = 0;
        for (int count : bins) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertThat(chiSquare).as("chi-square of %s", bins).isLessThan(BOUND);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 77, -5})
    void backOffsAreSpreadEvenly(long seed) throws Exception {
        requireUniform(shares(Jitter.FULL, seed));
        requireUniform(shares(Jitter.EQUAL, seed));
        requireUniform(shares(Jitter.DECORRELATED, seed));
    }

    @Test
    void theCheckIsRedForAJitterThatFavoursSomeWaits() {
        assertThatThrownBy(() -> requireUniform(drawn(draw -> draw * draw))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> requireUniform(drawn(draw -> draw < 0.05 ? draw + 0.5 : draw)))
                .isInstanceOf(AssertionError.class);
        requireUniform(drawn(draw -> draw));
    }

    private static List<Double> drawn(DoubleUnaryOperator bias) {
        Random random = new Random(77);
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            shares.add(bias.applyAsDouble(random.nextDouble()));
        }
        return shares;
    }
}
