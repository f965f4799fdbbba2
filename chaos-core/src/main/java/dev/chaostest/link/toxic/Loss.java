// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.internal.Amount;

/**
 * Loses pieces of the stream.
 *
 * <p>The peer misses bytes, and is not told. Real packet loss looks otherwise to an application: TCP sends again, so it is
 * late and slow but complete; for that, use {@link Latency} with a length that varies. This is what a broken middle-box, or
 * a protocol without TCP below it, does.
 *
 * <p>The stream is looked at as pieces of a fixed size, each of which is lost or not; the same ones for the same seed,
 * however the network cuts it.
 *
 * <pre>{@code
 * Rule holes = Rule.of(LinkTarget.toClient("bank"), Trigger.always(), Loss.of(0.01));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param probability for each piece, above 0 and at most 1
 * @param pieceBytes how long a piece is, at least 1
 * @since 0.1
 */
public record Loss(double probability, int pieceBytes) implements Toxic {

    /** What a packet holds on most networks. */
    private static final int PACKET = 1460;

    public Loss {
        Checks.probability("loss", probability, "To lose nothing, remove the fault.");
        if (pieceBytes < 1) {
            throw new IllegalArgumentException("loss must be of pieces of 1 byte or more, but was of " + pieceBytes
                    + " bytes. Use 1460 for what a packet holds.");
        }
    }

    /** In pieces of 1,460 bytes, as packets have. */
    public static Loss of(double probability) {
        return new Loss(probability, PACKET);
    }

    @Override
    public boolean isCertain() {
        return probability == 1;
    }

    @Override
    public Stage stage(Draws draws) {
        return new Holes(this, draws);
    }

    @Override
    public String toString() {
        return "loss of pieces of " + Amount.of(pieceBytes, "byte") + " with probability " + probability;
    }

    private static final class Holes implements Stage {
        private final Loss loss;
        private final Draws draws;
        private long offset;

        Holes(Loss loss, Draws draws) {
            this.loss = loss;
            this.draws = draws;
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            for (int at = 0; at < chunk.length(); ) {
                long piece = offset / loss.pieceBytes;
                long left = (piece + 1) * loss.pieceBytes - offset;
                int end = (int) Math.min(chunk.length(), at + left);
                if (draws.at(piece) < loss.probability) {
                    out.struck();
                } else {
                    out.pass(chunk.part(at, end), out.now());
                }
                offset += end - at;
                at = end;
            }
        }
    }
}
