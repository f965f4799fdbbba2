// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimedTest {

    private final VirtualTime time = new VirtualTime();

    @Test
    void aCallIsTimedAndItsValueKept() {
        Timed<String> timed = Timed.call(
                () -> {
                    time.advance(Duration.ofSeconds(3));
                    return "receipt";
                },
                time);

        assertThat(timed.took()).isEqualTo(Duration.ofSeconds(3));
        assertThat(timed.value()).isEqualTo("receipt");
        assertThat(timed.thrown()).isEmpty();
    }

    @Test
    void aCallThatFailsTookItsTimeToo() {
        IOException refused = new IOException("refused");
        Timed<String> timed = Timed.call(
                () -> {
                    time.advance(Duration.ofSeconds(3));
                    throw refused;
                },
                time);

        assertThat(timed.took()).isEqualTo(Duration.ofSeconds(3));
        assertThat(timed.thrown()).contains(refused);
        assertThatThrownBy(timed::value)
                .isInstanceOf(IllegalStateException.class)
                .hasCause(refused)
                .hasMessage(
                        "The timed call must have returned a value, but threw java.io.IOException: refused after PT3S. "
                                + "Ask thrown() first.");
    }

    @Test
    void anInterruptStaysSet() {
        Timed<Object> timed = Timed.call(() -> {
            throw new InterruptedException();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(timed.thrown()).isPresent();
    }

    @Test
    void nullIsAResultAndNoValue() {
        Timed<Object> timed = Timed.call(() -> null);

        assertThat(timed.result()).isNull();
        assertThatThrownBy(timed::value)
                .hasMessage("The timed call must have returned a value, but returned null. Ask result().");
    }

    @Test
    void realTimeIsTimedToo() {
        long begun = System.nanoTime();
        Timed<Void> timed =
                Timed.call(() -> TimeSource.system().timer(Duration.ofMillis(2)).get());

        assertThat(timed.took()).isBetween(Duration.ofMillis(2), Duration.ofNanos(System.nanoTime() - begun));
    }
}
