// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Memory that is held by references. */
final class HeapLoad implements Load {

    /** Less than half of G1's smallest region: a greater array would take whole regions, so more than its length. */
    private static final int CHUNK = 256 << 10;

    private static final long RESERVE_LEAST = 16L << 20;
    private static final long RESERVE_SHARE = 10;

    private final long bytes;
    private final List<byte[]> held = new ArrayList<>(); // guarded by this; as many as there is room for

    HeapLoad(long bytes) {
        Bytes.requirePositive("heap pressure", bytes);
        this.bytes = bytes;
    }

    @Override
    public String what() {
        return Bytes.print(bytes) + " of heap";
    }

    @Override
    public void requireRoom() {
        Runtime jvm = Runtime.getRuntime();
        if (!hasRoom(bytes, jvm.maxMemory(), used())) {
            System.gc(); // what nobody holds counts as used until then
        }
        requireRoom(bytes, jvm.maxMemory(), used());
    }

    /** Pure, so that it can be tried with any JVM's numbers. */
    static void requireRoom(long asked, long max, long used) {
        if (!hasRoom(asked, max, used)) {
            throw new ChaosException("Heap pressure must leave " + Bytes.print(reserve(max)) + " of the heap free, but "
                    + Bytes.print(asked) + " were asked for, and " + Bytes.print(used) + " of " + Bytes.print(max)
                    + " are used. Ask for at most " + Bytes.print(Math.max(0, max - used - reserve(max)))
                    + ", or give the test's JVM more with -Xmx.");
        }
    }

    private static boolean hasRoom(long asked, long max, long used) {
        return asked <= max - used - reserve(max);
    }

    private static long reserve(long max) {
        return Math.max(RESERVE_LEAST, max / RESERVE_SHARE);
    }

    private static long used() {
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    @Override
    public synchronized void put(Duration deadline) {
        for (long left = bytes; left > 0; left -= CHUNK) {
            requireStillRoom();
            hold((int) Math.min(left, CHUNK));
        }
    }

    /** The test's own threads allocate, too. */
    private void requireStillRoom() {
        Runtime jvm = Runtime.getRuntime();
        if (!hasRoom(CHUNK, jvm.maxMemory(), used())) {
            System.gc();
            requireRoom(CHUNK, jvm.maxMemory(), used());
        }
    }

    private void hold(int length) {
        try {
            byte[] chunk = new byte[length];
            Arrays.fill(chunk, (byte) 1);
            held.add(chunk);
        } catch (OutOfMemoryError full) {
            release();
            throw new ChaosException(
                    "Heap pressure must fit into the heap of "
                            + Bytes.print(Runtime.getRuntime().maxMemory()) + ", but it was full before "
                            + Bytes.print(bytes) + " were held. Ask for less.",
                    full);
        }
    }

    @Override
    public long required() {
        return bytes;
    }

    @Override
    public synchronized long reached() {
        return held.stream().mapToLong(chunk -> chunk.length).sum();
    }

    /** What is held now, for tests to see it collected. */
    synchronized List<byte[]> held() {
        return List.copyOf(held);
    }

    @Override
    public String print(long amount) {
        return Bytes.print(amount);
    }

    @Override
    public synchronized void release() {
        held.clear();
    }

    /** When the memory is used again is the collector's to say. */
    @Override
    public void requireGone(Duration deadline) {}
}
