// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The time that one read may take: {@code SO_TIMEOUT} from its begin, for ever if that is 0. */
final class Deadline {

    private final long nanos;
    private final LongSupplier nanoClock;
    private final long since;

    Deadline(int soTimeout, LongSupplier nanoClock) {
        this.nanos = soTimeout == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(soTimeout);
        this.nanoClock = nanoClock;
        this.since = soTimeout == 0 ? 0 : nanoClock.getAsLong();
    }

    long left() {
        return nanos == Long.MAX_VALUE ? nanos : nanos - (nanoClock.getAsLong() - since);
    }

    boolean isEndless() {
        return nanos == Long.MAX_VALUE;
    }

    void check() throws SocketTimeoutException {
        if (left() <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
    }

    /** The milliseconds for a blocking read: the time left, at most so many; 0 means no limit, here as in a socket. */
    int slice(int most) {
        if (nanos == Long.MAX_VALUE) {
            return most;
        }
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(left() + 999_999));
        return (int) (most == 0 ? left : Math.min(most, left));
    }
}
