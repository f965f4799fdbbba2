// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

/**
 * A set of message types, which are ASCII characters.
 *
 * <p>Bits, since each reply is looked for several times: a search in a string takes ten times as long.
 *
 * @param low the types below 64: digits
 * @param high the others: letters
 */
public record Types(long low, long high) {

    public static Types of(String types) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < types.length(); i++) {
            char type = types.charAt(i);
            low |= type < Long.SIZE ? 1L << type : 0;
            high |= type < Long.SIZE ? 0 : 1L << type;
        }
        return new Types(low, high);
    }

    public boolean has(byte type) {
        long half = type < Long.SIZE ? low : high;
        return type > 0 && (half >>> type & 1) != 0;
    }
}
