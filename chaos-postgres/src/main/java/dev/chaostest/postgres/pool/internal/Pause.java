// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A caller that waits, until its time is over or somebody frees it. */
final class Pause implements AutoCloseable {

    /** How it ended. */
    enum End {
        /** Its time was over. */
        DUE,
        /** The round ended first. */
        RELEASED,
        /** The pool was closed first. */
        CLOSED
    }

    private final CountDownLatch freed = new CountDownLatch(1);
    private final Runnable unregister;
    private volatile End end = End.DUE;

    /** @param register what has it freed from outside; answers what ends that */
    Pause(Function<Pause, Runnable> register) {
        this.unregister = register.apply(this);
    }

    void free(End how) {
        end = how;
        freed.countDown();
    }

    End await(Duration length) throws InterruptedException {
        return freed.await(length.toNanos(), TimeUnit.NANOSECONDS) ? end : End.DUE;
    }

    @Override
    public void close() {
        unregister.run();
    }
}
