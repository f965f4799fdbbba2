// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Leaps to whatever is waited for, and writes down the pauses: for waits on the test's own thread. */
final class LeapingTime implements TimeSource {

    private final List<Duration> pauses = new ArrayList<>();
    private long now;

    List<Duration> pauses() {
        return pauses;
    }

    void leap(Duration by) {
        now += by.toNanos();
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public CompletableFuture<Void> timer(Duration after) {
        pauses.add(after);
        leap(after);
        return CompletableFuture.completedFuture(null);
    }
}
