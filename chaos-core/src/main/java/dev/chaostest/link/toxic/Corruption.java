// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

/**
 * Turns bits over.
 *
 * <p>The peer gets as many bytes as were sent, some of them wrong by one bit, and is not told. The same bytes for the same
 * seed, however the network cuts the stream.
 *
 * <pre>{@code
 * Rule noise = Rule.of(LinkTarget.toClient("bank"), Trigger.always(), Corruption.perByte(0.001));
 * Rule oneBit = Rule.of(LinkTarget.toServer("bank"), Trigger.nth(1), Corruption.ofByte(17));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param probability for each byte, above 0 and at most 1; 1 where one byte is meant
 * @param only which byte, counted from 1 since the toxic holds; 0 for any
 * @since 0.1
 */
public record Corruption(double probability, long only) implements Toxic {

    private static final int BITS = 8;

    public Corruption {
        Checks.probability("corruption", probability, "To corrupt nothing, remove the fault.");
        if (only < 0) {
            throw new IllegalArgumentException(
                    "corruption must be of byte 1 or a later one, but was of " + only + ". Bytes are counted from 1.");
        }
    }

    /** Each byte with this probability. */
    public static Corruption perByte(double probability) {
        return new Corruption(probability, 0);
    }

    /** One byte of each connection and direction, counted from 1. */
    public static Corruption ofByte(long n) {
        if (n < 1) {
            throw new IllegalArgumentException(
                    "corruption must be of byte 1 or a later one, but was of " + n + ". Bytes are counted from 1.");
        }
        return new Corruption(1, n);
    }

    @Override
    public boolean isCertain() {
        return probability == 1;
    }

    @Override
    public Stage stage(Draws draws) {
        return new Noise(this, draws);
    }

    @Override
    public String toString() {
        return only > 0 ? "one wrong bit in byte " + only : "wrong bits with probability " + probability + " per byte";
    }

    private static final class Noise implements Stage {
        private final Corruption corruption;
        private final Draws draws;
        private long offset;
        private long next;

        Noise(Corruption corruption, Draws draws) {
            this.corruption = corruption;
            this.draws = draws;
            this.next = corruption.only > 0 ? corruption.only - 1 : gap(0) - 1;
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            long end = offset + chunk.length();
            while (next < end) {
                out.struck();
                chunk.flip((int) (next - offset), (int) (BITS * draws.at(2 * next + 1)));
                next = corruption.only > 0 ? Long.MAX_VALUE : next + gap(next + 1);
            }
            offset = end;
            out.pass(chunk, out.now());
        }

        /** From one wrong byte to the next: a draw for each wrong byte, instead of one for each byte. */
        private long gap(long place) {
            if (corruption.probability == 1) {
                return 1;
            }
            double bytes = StrictMath.log1p(-draws.at(2 * place)) / StrictMath.log1p(-corruption.probability);
            return 1 + (long) Math.min(bytes, Long.MAX_VALUE / 4.0);
        }
    }
}
