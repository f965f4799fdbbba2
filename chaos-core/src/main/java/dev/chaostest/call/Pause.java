// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One delay or hang that lasts; however it ends, the ledger says so before what waits goes on. */
final class Pause {

    static final String CANCELLED = "cancelled";
    private static final String RELEASED = "released";
    private static final String INTERRUPTED = "interrupted";

    private final Strike.Blow blow;
    private final @Nullable Duration length;
    private final CompletableFuture<Void> timer;
    private final CompletableFuture<Void> over;
    private final CountDownLatch gone = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> ended = new AtomicReference<>();

    private Pause(Strike.Blow blow) {
        this.blow = blow;
        this.length = blow.fault() instanceof Delay delay ? delay.length(blow.draw()) : null;
        this.timer =
                length == null ? new CompletableFuture<>() : blow.round().time().timer(length);
        Runnable unregister = blow.park(() -> end(RELEASED));
        this.over = timer.handle((done, cancelled) -> {
            unregister.run();
            try {
                tell();
            } finally {
                gone.countDown(); // whatever became of the entry, the caller goes on
            }
            return null;
        });
    }

    static boolean isOne(Fault fault) {
        return fault instanceof Delay || fault instanceof Hang;
    }

    /** Begins now. */
    static Pause begin(Strike.Blow blow) {
        return new Pause(blow);
    }

    /** Completes when it is over, on any thread: what follows must be quick or run elsewhere. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** Waits; by a latch, since a future would have a thread of a pool run other tasks meanwhile. */
    void await() throws InterruptedException {
        try {
            gone.await();
        } catch (InterruptedException e) {
            end(INTERRUPTED);
            throw e;
        }
    }

    /** Ends it, because nobody wants the answer any more. */
    void cancel() {
        end(CANCELLED);
    }

    private void end(String how) {
        if (ended.compareAndSet(null, how)) {
            timer.complete(null);
        }
    }

    private void tell() {
        String how = ended.get();
        blow.answered(how != null ? how : length == null ? RELEASED : "late by " + Durations.print(length));
    }
}
