// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Looks again and again until a look is enough or the time is over; the last look is at the deadline itself.
 *
 * <p>On a thread of its own, so that a look that hangs ends the wait, too: five seconds after the deadline.
 *
 * <p>Not Awaitility: its waits go on under an interrupt, it sets the JVM's default handler of uncaught exceptions even if told
 * not to, its defaults are static and the user's, it knows no virtual time, and it passes the deadline by up to a pause.
 */
final class Polling {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long JOIN_MILLIS = 5_000;

    private final String what;
    private final Pace pace;
    private final TimeSource time;
    private final Duration within;
    private final Look look;
    private volatile long begun;
    private volatile boolean abandoned;

    Polling(String what, Pace pace, Duration within, Look look) {
        Pace.requireDeadline(within);
        this.what = what;
        this.pace = pace;
        this.time = pace.time();
        this.within = Duration.ofNanos(TimeUnit.NANOSECONDS.convert(within)); // and 5 seconds more must be a time, too
        this.look = look;
        this.begun = time.nanos();
    }

    /** What is done again and again. */
    interface Look {
        /** Looks. */
        boolean isEnough();

        /** Sees no more: the one that hangs is about to be interrupted, and what it answers then is no answer. */
        void freeze();
    }

    /**
     * How it ended.
     *
     * @param enough whether a look was
     * @param hangs whether the last look had not ended when the wait did
     * @param stack where it hangs
     */
    record End(boolean enough, boolean hangs, String stack) {
        static End of(boolean enough) {
            return new End(enough, false, "");
        }
    }

    Duration elapsed() {
        return Duration.ofNanos(time.nanos() - begun);
    }

    /** Looks; what a look throws comes out here. */
    End run() {
        if (!pace.here()) {
            return runApart();
        }
        try {
            return End.of(loop());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Texts.interrupted(what, elapsed());
        }
    }

    private End runApart() {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CompletableFuture<Void> guard = time.timer(within.plus(GRACE));
        Thread thread = new Thread(() -> loopInto(ended), "chaos-watch");
        thread.setDaemon(true);
        thread.start();
        try {
            CompletableFuture.anyOf(ended, guard).get();
            if (ended.isDone()) {
                join(thread);
                return End.of(ended.get());
            }
            String stack = Texts.stack(thread);
            abandon(thread);
            return new End(false, true, stack);
        } catch (InterruptedException e) {
            abandon(thread);
            Thread.currentThread().interrupt();
            throw Texts.interrupted(what, elapsed());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException broken) { // the time source, say
                throw broken;
            }
            throw Texts.interrupted(what, elapsed());
        } finally {
            guard.complete(null);
        }
    }

    /** It is at its end: a wait that is over leaves no thread. An interrupt that comes now is not about the wait. */
    private static void join(Thread thread) {
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void abandon(Thread thread) {
        abandoned = true;
        look.freeze();
        thread.interrupt();
    }

    private void loopInto(CompletableFuture<Boolean> ended) {
        try {
            ended.complete(loop());
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    private boolean loop() throws InterruptedException {
        begun = time.nanos(); // not when the thread was started: on a busy machine it may be late
        Duration pause = pace.first();
        while (!abandoned) {
            boolean last = left() <= 0; // before the look, so that one begins when the time is over
            if (look.isEnough()) {
                return true;
            }
            if (last) {
                return false;
            }
            pause(pause);
            pause = pace.after(pause);
        }
        return false;
    }

    private long left() {
        return TimeUnit.NANOSECONDS.convert(within) - (time.nanos() - begun);
    }

    private void pause(Duration pause) throws InterruptedException {
        CompletableFuture<Void> timer =
                time.timer(Duration.ofNanos(Math.min(TimeUnit.NANOSECONDS.convert(pause), left())));
        try {
            timer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A timer must not fail, but did. Correct the time source.", e);
        } finally {
            timer.complete(null); // after an interrupt it is taken back
        }
    }
}
