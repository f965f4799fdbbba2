// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Blocks its reader until it is cut, as a socket does: an interrupt does not free it. */
final class Wire implements AutoCloseable {

    private final CountDownLatch cut = new CountDownLatch(1);
    private final AtomicInteger closes = new AtomicInteger();

    void read() {
        awaitWhateverComes(cut);
    }

    void abort() {
        cut.countDown();
    }

    /** How often it was closed. */
    int closes() {
        return closes.get();
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        cut.countDown();
    }

    static void awaitWhateverComes(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
