// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a schedule must undo, the latest first. Safe for use by many threads: the handle undoes for one that is stuck. */
final class Undo {

    private final String schedule;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Opened> open = new ArrayDeque<>();
    private boolean over;

    Undo(String schedule) {
        this.schedule = schedule;
    }

    /** Opens a fault; one that is there too late is closed at once. */
    Opened open(String what, Callable<? extends AutoCloseable> opener) throws Exception {
        AutoCloseable end = opener.call();
        if (end == null) {
            throw new ScheduleError("Schedule \"" + schedule + "\" must be handed what ends " + what
                    + ", but got null. Return what was opened.");
        }
        Opened opened = new Opened(what, end);
        if (!push(opened)) {
            opened.close();
        }
        return opened;
    }

    private boolean push(Opened opened) {
        lock.lock();
        try {
            if (!over) {
                open.push(opened);
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    /** Ends one fault before the others. */
    void close(Opened opened) throws Exception {
        lock.lock();
        try {
            open.remove(opened);
        } finally {
            lock.unlock();
        }
        opened.close();
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return open.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Opened pop() {
        lock.lock();
        try {
            over = true;
            return open.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all; what failed, one each. */
    List<ChaosException> closeAll() {
        List<ChaosException> failures = new ArrayList<>();
        for (Opened opened = pop(); opened != null; opened = pop()) {
            try {
                opened.close();
            } catch (Throwable e) { // the others must be undone all the same
                failures.add(new ChaosException(
                        "Schedule \"" + schedule + "\" must undo what it did, but ending " + opened.what() + " failed: "
                                + e + ". It may still be there; see the cause.",
                        e));
            }
        }
        return failures;
    }
}
