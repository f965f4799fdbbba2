// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.plan.ChaosException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Threads that are busy for a part of each tenth of a second.
 *
 * <p>Goes by the machine's time and by the threads' own CPU time: what else would it burn.
 */
final class CpuLoad implements Load {

    private static final int THREADS_PER_PROCESSOR = 4;
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

    /** What each thread must have burned before it counts as busy. */
    private static final long PROOF = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int STEPS = 20_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int count;
    private final double duty;
    private final Crowd crowd;
    private volatile long began;
    private volatile long sink;

    CpuLoad(int count, double duty) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "the number of busy threads must be 1 or more, but was " + count + ". Write for example 2.");
        }
        if (!(duty > 0 && duty <= 1)) {
            throw new IllegalArgumentException("the duty of a busy thread must be more than 0 and at most 1, but was "
                    + duty + ". Write 0.5 for half of the time.");
        }
        this.count = count;
        this.duty = duty;
        this.crowd = new Crowd("busy", count);
    }

    @Override
    public String what() {
        return (count == 1 ? "1 busy thread" : count + " busy threads") + " at " + Math.round(duty * 100) + "%";
    }

    @Override
    public void requireRoom() {
        requireRoom(count, Runtime.getRuntime().availableProcessors());
        if (!threads.isCurrentThreadCpuTimeSupported() || !threads.isThreadCpuTimeEnabled()) {
            throw new ChaosException(
                    "Pressure on the CPU must be measured by the threads' CPU time, but this JVM does not "
                            + "measure it. Use another JVM, or leave the pressure out.");
        }
    }

    /** Pure, so that it can be tried with any machine's numbers. */
    static void requireRoom(int asked, int processors) {
        if (asked > THREADS_PER_PROCESSOR * processors) {
            throw new ChaosException("Pressure on the CPU must be at most " + THREADS_PER_PROCESSOR
                    + " threads for each processor, but " + asked + " were asked for, and there are " + processors
                    + " processors. Ask for at most " + THREADS_PER_PROCESSOR * processors + ".");
        }
    }

    @Override
    public void put(Duration deadline) {
        began = System.nanoTime();
        crowd.start(this::burn, deadline);
    }

    private void burn(Runnable isThere, CountDownLatch end) throws InterruptedException {
        long rest = 0;
        boolean proven = false;
        while (!end.await(rest, TimeUnit.NANOSECONDS)) {
            long period = System.nanoTime();
            long goal = threads.getCurrentThreadCpuTime() + (long) (duty * PERIOD);
            while (threads.getCurrentThreadCpuTime() < goal && end.getCount() > 0) {
                sink = compute(sink);
            }
            if (!proven && threads.getCurrentThreadCpuTime() >= PROOF) {
                proven = true;
                isThere.run();
            }
            rest = Math.max(0, PERIOD - (System.nanoTime() - period));
        }
    }

    /** Work that no compiler leaves out, since its result is kept. */
    private static long compute(long seed) {
        long x = seed | 1;
        for (int i = 0; i < STEPS; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }

    /** The whole percentage can't be had on a busy machine, so any that is really burned is enough. */
    @Override
    public long required() {
        return 0;
    }

    @Override
    public long reached() {
        long burned = crowd.alive().stream()
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
                .sum();
        return 100 * burned / Math.max(1, System.nanoTime() - began);
    }

    @Override
    public String print(long amount) {
        return amount + "% of a processor";
    }

    @Override
    public void release() {
        crowd.tellEnd();
    }

    @Override
    public void requireGone(Duration deadline) {
        crowd.requireEnded(deadline);
    }
}
