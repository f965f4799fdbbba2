// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The monotonic clock of this machine; its timers are the JDK's own. */
enum SystemTime implements TimeSource {
    INSTANCE;

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public CompletableFuture<Void> timer(Duration after) {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        if (after.isZero() || after.isNegative()) {
            timer.complete(null);
            return timer;
        }
        return timer.completeOnTimeout(null, TimeUnit.NANOSECONDS.convert(after), TimeUnit.NANOSECONDS);
    }

    @Override
    public String toString() {
        return "system time";
    }
}
