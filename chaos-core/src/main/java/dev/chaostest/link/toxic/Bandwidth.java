// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.internal.Amount;
import java.util.concurrent.TimeUnit;

/**
 * Lets bytes through at a rate.
 *
 * <p>The peer sees a slow, steady stream: about twenty pieces a second, or single bytes below that. The sender waits when
 * 1 MiB is under way.
 *
 * <pre>{@code
 * Rule modem = Rule.of(LinkTarget.toClient("bank"), Trigger.always(), new Bandwidth(7_000));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param bytesPerSecond how many bytes in a second, in each direction by itself; positive
 * @since 0.1
 */
public record Bandwidth(long bytesPerSecond) implements Toxic {

    private static final int PIECES_PER_SECOND = 20;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    public Bandwidth {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bandwidth must be at least 1 byte per second, but was " + bytesPerSecond
                    + ". To let nothing through, use a BlackHole, or hold the link.");
        }
    }

    @Override
    public Stage stage(Draws draws) {
        return new Throttle(bytesPerSecond);
    }

    @Override
    public String toString() {
        return "bandwidth of " + Amount.of(bytesPerSecond, "byte") + "/s";
    }

    private static final class Throttle implements Stage {
        private final long rate;
        private final int piece;
        private long freeAt = Long.MIN_VALUE;

        Throttle(long rate) {
            this.rate = rate;
            this.piece = (int) Math.max(1, Math.min(Integer.MAX_VALUE, rate / PIECES_PER_SECOND));
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            out.struck();
            freeAt = Math.max(freeAt, out.now());
            for (int at = 0; at < chunk.length(); ) {
                int end = (int) Math.min(chunk.length(), (long) at + piece);
                freeAt += Math.max(1, (end - at) * SECOND / rate);
                out.pass(chunk.part(at, end), freeAt);
                at = end;
            }
        }
    }
}
