// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Whether a connection may dial the server now, and its wait for that. Safe for use by many threads. */
final class Admission {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean may = true;
    private boolean waits;
    private boolean closed;

    void may(boolean dial) {
        lock.lock();
        try {
            may = dial;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it may; false if the connection is closed before. */
    boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            waits = true;
            while (!may && !closed) {
                changed.await();
            }
            return !closed;
        } finally {
            waits = false;
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client waits for the server to be dialled: it has not left, which nobody reads yet. */
    boolean isAwaited(Pump toServer) {
        lock.lock();
        try {
            return waits && !may && !closed && !toServer.hasEnded();
        } finally {
            lock.unlock();
        }
    }
}
