// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import java.util.ArrayList;
import java.util.List;

/** Code that needs 40 MB, in a JVM of its own with 64 MB. */
final class SmallHeap {

    private SmallHeap() {}

    public static void main(String[] none) {
        Round round = new Round("report", Plan.of(new Seed(77)), TimeSource.system());
        System.out.println("without: " + need40Megabytes());
        try (Pressure heap = Pressure.heap(round, 24 << 20)) {
            System.out.println("with: " + need40Megabytes());
            System.out.println(heap);
        }
        System.out.println("afterwards: " + need40Megabytes());
    }

    private static String need40Megabytes() {
        List<byte[]> needed = new ArrayList<>();
        try {
            for (int i = 0; i < 160; i++) {
                needed.add(new byte[256 << 10]);
            }
            return needed.size() == 160 ? "fits" : "?";
        } catch (OutOfMemoryError full) {
            return "out of memory";
        }
    }
}
