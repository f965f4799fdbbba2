// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Swallows bytes.
 *
 * <p>The peer sees silence. What was swallowed is lost for good; the sender is not told, and neither end hears of the
 * other's closing until the toxic is taken away. In one direction only ({@link LinkTarget#toServer},
 * {@link LinkTarget#toClient}) the connection is half-open: dead there, while the other way works. For silence without
 * loss, hold the link.
 *
 * <pre>{@code
 * Rule halfOpen = Rule.of(LinkTarget.toClient("bank"), Trigger.nth(1), BlackHole.forEver());
 * Rule timeout = Rule.of(LinkTarget.of("bank"), Trigger.nth(1), BlackHole.closingAfter(Duration.ofSeconds(5)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param closesAfter when both ends of the connection are closed, since the toxic holds; positive; null for never
 * @since 0.1
 */
public record BlackHole(@Nullable Duration closesAfter) implements Toxic {

    public BlackHole {
        if (closesAfter != null) {
            Checks.positive("black hole", "close after a time", closesAfter, "To close at once, use CloseAfter.now().");
        }
    }

    /** Silence until the toxic is taken away. */
    public static BlackHole forEver() {
        return new BlackHole(null);
    }

    /** Silence, and after a time both ends are closed. */
    public static BlackHole closingAfter(Duration time) {
        return new BlackHole(time);
    }

    @Override
    public Stage stage(Draws draws) {
        return new Hole(closesAfter);
    }

    @Override
    public String toString() {
        return "black hole" + (closesAfter == null ? "" : " that closes after " + Checks.print(closesAfter));
    }

    private static final class Hole implements Stage {
        private final @Nullable Duration closesAfter;

        Hole(@Nullable Duration closesAfter) {
            this.closesAfter = closesAfter;
        }

        @Override
        public void begin(Outlet out) {
            if (closesAfter != null) {
                out.after(closesAfter, () -> {
                    out.struck();
                    out.close();
                });
            }
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            out.struck();
        }

        @Override
        public void signal(Signal signal, Outlet out) {
            out.pass(signal, Outlet.NEVER);
        }
    }
}
