// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RecoveryTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final Ledger ledger = new Ledger(time::nanos);

    private Recovery ofOrders(long nanosDown) {
        return Recovery.of("orders", () -> {
                    if (time.nanos() < nanosDown) {
                        throw new IOException("refused");
                    }
                    return true;
                })
                .on(time)
                .noting(ledger);
    }

    @Test
    void theTimeToRecoverIsMeasured() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Recovery orders = ofOrders(20_000_000);
            Future<Duration> recovers = executor.submit(() -> orders.assertRecovered(LONG));
            for (int i = 0; i < 2; i++) {
                time.awaitTimers(2, LONG);
                time.advance(Duration.ofMillis(10));
            }

            assertThat(recovers.get(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofMillis(20));
            assertThat(ledger.entries()).last().hasToString("#1 +20ms noted: orders recovered after 20ms");
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void whatDoesNotRecoverFails() {
        assertThatThrownBy(() -> ofOrders(1).assertRecovered(Duration.ZERO))
                .isInstanceOf(WatchError.class)
                .hasCauseInstanceOf(IOException.class)
                .hasMessage(
                        "\"recovery of orders\" must hold within 0us, but did not. Check what the code did instead, or "
                                + "allow it more time."
                                + "\n  looks    : 1 in 0us"
                                + "\n  last     : no value, each look threw"
                                + "\n  thrown   : java.io.IOException: refused (look 1)");
        assertThat(ledger.entries()).last().hasToString("#1 +0us noted: orders did not recover within 0us");
    }

    @Test
    void whatWorksAlreadyTookNoTime() {
        assertThat(ofOrders(0).assertRecovered(LONG)).isZero();
    }
}
