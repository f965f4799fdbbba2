// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.internal.Amount;
import java.time.Duration;

/**
 * Cuts the stream into small pieces.
 *
 * <p>The peer gets all bytes in order, in many reads where it expected one. The cuts are at the same places of the stream
 * for the same seed, however the network cuts it.
 *
 * <pre>{@code
 * Rule crumbs = Rule.of(LinkTarget.toClient("bank"), Trigger.always(), new Slicer(1, 3, Duration.ofMillis(1)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param bytesMin the smallest piece, at least 1
 * @param bytesMax the greatest piece, at least the smallest
 * @param gap the time between two pieces; zero to write them one by one without a pause
 * @since 0.1
 */
public record Slicer(int bytesMin, int bytesMax, Duration gap) implements Toxic {

    public Slicer {
        if (bytesMin < 1 || bytesMax < bytesMin) {
            throw new IllegalArgumentException(
                    "slicer must cut pieces of 1 byte or more, from a smallest to a greatest, " + "but was to cut from "
                            + bytesMin + " to " + bytesMax + ". Give the smaller number first.");
        }
        Checks.notNegative("slicer", "pause for a time", gap, "For no pause, use Duration.ZERO.");
    }

    @Override
    public Stage stage(Draws draws) {
        return new Knife(this, draws);
    }

    @Override
    public String toString() {
        return "slices of " + (bytesMin == bytesMax ? "" : bytesMin + " to ") + Amount.of(bytesMax, "byte")
                + (gap.isZero() ? "" : ", " + Checks.print(gap) + " apart");
    }

    private static final class Knife implements Stage {
        private final Slicer slicer;
        private final Draws draws;
        private long slice;
        private int left;
        private long freeAt = Long.MIN_VALUE;

        Knife(Slicer slicer, Draws draws) {
            this.slicer = slicer;
            this.draws = draws;
            this.left = size();
        }

        private int size() {
            long range = (long) slicer.bytesMax - slicer.bytesMin + 1;
            return slicer.bytesMin + (int) (range * draws.at(slice++));
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            freeAt = Math.max(freeAt, out.now());
            for (int at = 0; at < chunk.length(); ) {
                int end = (int) Math.min(chunk.length(), (long) at + left);
                out.pass(chunk.part(at, end), freeAt);
                left -= end - at;
                at = end;
                if (left == 0) {
                    left = size();
                    freeAt += slicer.gap.toNanos();
                }
                if (end < chunk.length()) {
                    out.struck();
                }
            }
        }
    }
}
