// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When a wait for the server is given up. It goes by the machine's time: the server knows nothing of a virtual one.
 *
 * @param length how long in all, for messages
 * @param end in nanoseconds of this machine
 */
public record Deadline(Duration length, long end) {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** So many from now on. */
    public static Deadline in(Duration length) {
        return new Deadline(length, System.nanoTime() + length.toNanos());
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return left() <= 0;
    }

    /** In nanoseconds; 0 or less once it has passed. */
    public long left() {
        return end - System.nanoTime();
    }

    /** Lets others run between two questions to the server. */
    static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
