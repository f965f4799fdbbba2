// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Threads that are parked until the end. */
final class ThreadLoad implements Load {

    private static final int COUNT_MAX = 10_000;

    private final int count;
    private final Crowd crowd;

    ThreadLoad(int count) {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException("the number of parked threads must be 1 to " + COUNT_MAX + ", but was "
                    + count + ". Write for example 200.");
        }
        this.count = count;
        this.crowd = new Crowd("parked", count);
    }

    @Override
    public String what() {
        return print(count) + " that do nothing";
    }

    @Override
    public void requireRoom() {
        requireRoom(
                count,
                ThreadLimit.ofThisMachine(),
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** Pure, so that it can be tried with any machine's numbers. */
    static void requireRoom(long asked, long limit, long live) {
        long most = limit / 2 - live; // other processes need some, and how many they have can't be known everywhere
        if (asked > most) {
            throw new ChaosException("Pressure on threads must leave half of the " + limit
                    + " that the machine allows, but "
                    + asked + " were asked for, and this JVM has " + live + ". Ask for at most " + Math.max(0, most)
                    + ", or raise the limit.");
        }
    }

    @Override
    public void put(Duration deadline) {
        crowd.start(
                (isThere, end) -> {
                    isThere.run();
                    end.await();
                },
                deadline);
    }

    @Override
    public long required() {
        return count;
    }

    @Override
    public long reached() {
        return crowd.alive().size();
    }

    @Override
    public String print(long amount) {
        return Amount.of(amount, "thread");
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
