// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.internal.Amount;

/**
 * Closes the connection when so many bytes have gone by.
 *
 * <p>The peer gets exactly that many bytes, then the end of the stream; the other one's connection is closed too.
 *
 * <pre>{@code
 * Rule halfAnAnswer = Rule.of(LinkTarget.toClient("bank"), Trigger.nth(1), new LimitData(100));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param bytes how many are let through in each direction, since the toxic holds; not negative
 * @since 0.1
 */
public record LimitData(long bytes) implements Toxic {

    public LimitData {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "limit must not be negative, but was " + bytes + " bytes. To close at the first byte, use 0.");
        }
    }

    @Override
    public Stage stage(Draws draws) {
        return new Limit(bytes);
    }

    @Override
    public String toString() {
        return "limit of " + Amount.of(bytes, "byte");
    }

    private static final class Limit implements Stage {
        private long left;
        private boolean over;

        Limit(long left) {
            this.left = left;
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            int some = (int) Math.min(left, chunk.length());
            if (some > 0) {
                out.pass(chunk.part(0, some), out.now());
                left -= some;
            }
            if (left == 0 && !over) {
                over = true;
                out.struck();
                out.pass(Signal.CLOSE, out.now());
            }
        }
    }
}
