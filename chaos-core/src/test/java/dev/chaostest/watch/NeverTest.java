// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NeverTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LeapingTime time = new LeapingTime();
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void looksUntilTheEndAndAtTheEnd() {
        never(() -> looks.incrementAndGet() < 0)
                .every(Duration.ofMillis(400))
                .on(time)
                .onThisThread()
                .during(SECOND);

        assertThat(looks).hasValue(4);
        assertThat(time.pauses())
                .containsExactly(Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofMillis(200));
    }

    @Test
    void theFirstYesFailsIt() {
        assertThatThrownBy(() -> never(() -> looks.incrementAndGet() == 3)
                        .as("overdrawn")
                        .every(Duration.ofMillis(400))
                        .on(time)
                        .onThisThread()
                        .during(SECOND))
                .isInstanceOf(WatchError.class)
                .hasNoCause()
                .hasMessage("\"overdrawn\" must not hold during 1s, but did after 800ms. Check what the code did.");
        assertThat(looks).hasValue(3);
    }

    @Test
    void aYesAtTheEndFailsIt() {
        assertThatThrownBy(() -> never(() -> time.nanos() == SECOND.toNanos())
                        .every(Duration.ofMillis(600))
                        .on(time)
                        .onThisThread()
                        .during(SECOND))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("did after 1s");
    }

    @Test
    void whoCannotLookHasNotSeenThatAllIsWell() {
        IOException refused = new IOException("refused");

        assertThatThrownBy(() -> never(() -> {
                            if (looks.incrementAndGet() == 2) {
                                throw refused;
                            }
                            return false;
                        })
                        .every(SECOND)
                        .on(time)
                        .onThisThread()
                        .during(Duration.ofSeconds(5)))
                .isInstanceOf(WatchError.class)
                .hasCause(refused)
                .hasMessage("The condition must not hold during 5s, but after 1s nobody can say: it threw "
                        + "java.io.IOException: refused. Let the condition answer at every look.");
    }

    @Test
    void aFailedAssertionAndNoAnswerFailItToo() {
        AssertionError failed = new AssertionError("expected");
        assertThatThrownBy(() -> never(() -> {
                            throw failed;
                        })
                        .during(SECOND))
                .isInstanceOf(WatchError.class)
                .hasCause(failed);
        assertThatThrownBy(() -> never(() -> null).during(SECOND))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("nobody can say: it gave no answer.");
    }

    @Test
    void realTimePassesToo() {
        long begun = System.nanoTime();

        never(() -> looks.incrementAndGet() < 0).every(Duration.ofMillis(1)).during(Duration.ofMillis(20));

        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(20_000_000);
        assertThat(looks.get()).isGreaterThanOrEqualTo(2);
    }
}
