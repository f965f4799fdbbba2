// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StateProbeTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private enum Gate {
        OPEN,
        MOVING,
        CLOSED
    }

    @Test
    void aStateThatIsReachedIsEnough() {
        Iterator<Gate> states = List.of(Gate.OPEN, Gate.MOVING, Gate.CLOSED).iterator();

        assertThatCode(() -> StateProbe.of("gate", states::next).awaitState(Gate.CLOSED, LONG))
                .doesNotThrowAnyException();
    }

    @Test
    void aStateThatIsNotReachedFailsWithThoseThatWere() throws Exception {
        VirtualTime time = new VirtualTime();
        Iterator<Gate> states = List.of(Gate.OPEN, Gate.MOVING).iterator();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<?> waits = executor.submit(
                    () -> StateProbe.of("gate", states::next).on(time).awaitState(Gate.CLOSED, Duration.ofMillis(50)));
            time.awaitTimers(2, LONG);
            time.advance(Duration.ofMillis(50));

            assertThatThrownBy(() -> waits.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(WatchError.class)
                    .hasMessage(
                            "gate must be CLOSED within 50ms, but did not. Check what the code did instead, or allow it "
                                    + "more time."
                                    + "\n  looks    : 2 in 50ms"
                                    + "\n  last     : MOVING"
                                    + "\n  values   : OPEN -> MOVING");
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void theStateNowIsAsserted() {
        StateProbe<Gate> gate = StateProbe.of("gate", () -> Gate.OPEN);

        gate.assertState(Gate.OPEN);
        assertThatThrownBy(() -> gate.assertState(Gate.CLOSED))
                .isInstanceOf(WatchError.class)
                .hasMessage("gate must be CLOSED, but was OPEN. Use awaitState if it may take a while.");
    }

    @Test
    void whoDoesNotSayIsInNoState() {
        IOException lost = new IOException("lost");
        StateProbe<Gate> gate = StateProbe.of("gate", () -> {
            throw lost;
        });

        assertThatThrownBy(() -> gate.assertState(Gate.CLOSED))
                .isInstanceOf(WatchError.class)
                .hasCause(lost)
                .hasMessage(
                        "gate must be CLOSED, but did not say: java.io.IOException: lost. Use awaitState if it may take "
                                + "a while.");
        assertThatThrownBy(() -> gate.awaitState(Gate.CLOSED, Duration.ZERO)).hasCause(lost);
    }
}
