// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A lock, and what waits until the thread that has it lets go of it: what takes other locks that come before this one. */
final class Guard {

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final List<Runnable> afterwards = new ArrayList<>();

    /** Runs something under the lock. */
    void locked(Runnable what) {
        locked(() -> {
            what.run();
            return true;
        });
    }

    /** Asks something under the lock. */
    <T> T locked(Supplier<T> what) {
        List<Runnable> due = List.of();
        lock.lock();
        try {
            return what.get();
        } finally {
            if (lock.getHoldCount() == 1) {
                due = List.copyOf(afterwards);
                afterwards.clear();
            }
            lock.unlock();
            due.forEach(Runnable::run);
        }
    }

    /** Runs something as soon as this thread does not hold the lock: now, or before what took it returns. */
    void unlocked(Runnable what) {
        if (lock.isHeldByCurrentThread()) {
            afterwards.add(what);
        } else {
            what.run();
        }
    }
}
