// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Whoever waits moves it on by that much, and is through: for one thread. */
final class SteppingTime implements TimeSource {

    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public CompletableFuture<Void> timer(Duration after) {
        advance(after);
        return CompletableFuture.completedFuture(null);
    }

    void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }
}
