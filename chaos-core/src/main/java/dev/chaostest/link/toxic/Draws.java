// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.Seed;

/**
 * Draws of one toxic in one direction of one connection: a function of the seed and of a number, never "the next value".
 *
 * <p>So what a toxic does at a place in the stream does not depend on how the network cut the stream into pieces.
 * Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Draws {

    private static final double UNIT = 0x1.0p-53;
    private static final long FIRST = 2; // Seed.round(1) is the seed itself

    private final Seed seed;

    /**
     * @param draw the draw of the decision, in [0, 1)
     * @param direction another number for each direction
     */
    public Draws(double draw, int direction) {
        this.seed = new Seed(Double.doubleToRawLongBits(draw)).round(FIRST + direction);
    }

    /**
     * The draw for a place, uniform in [0, 1).
     *
     * @param place not negative: the offset of a byte, the number of a piece
     */
    public double at(long place) {
        return (bits(place) >>> 11) * UNIT;
    }

    /**
     * 64 random bits for a place.
     *
     * @param place not negative
     */
    public long bits(long place) {
        return seed.round(FIRST + place).value();
    }
}
