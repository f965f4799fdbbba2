// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.time.Duration;

/**
 * Drops the connection with a TCP reset.
 *
 * <p>The peer sees {@code ECONNRESET} ("Connection reset"). Bytes already delivered stay delivered; those under way are
 * lost. At {@link LinkTarget#of} both peers are reset; at {@link LinkTarget#toServer} only the server is, and at
 * {@link LinkTarget#toClient} only the client; the other one notices when it next sends. New connections are accepted as
 * usual. To refuse those too, use {@link Refuse} or cut the link.
 *
 * <pre>{@code
 * Rule lost = Rule.of(LinkTarget.of("bank"), Trigger.nth(1), Reset.after(Duration.ofSeconds(1)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param delay since the toxic holds; not negative
 * @since 0.1
 */
public record Reset(Duration delay) implements Toxic {

    public Reset {
        Checks.notNegative("reset", "come after a time", delay, "To reset at once, use Reset.now().");
    }

    /** As soon as the connection is there. */
    public static Reset now() {
        return new Reset(Duration.ZERO);
    }

    /** After a time. */
    public static Reset after(Duration delay) {
        return new Reset(delay);
    }

    @Override
    public Stage stage(Draws draws) {
        return new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(delay, () -> {
                    out.struck();
                    out.reset();
                });
            }
        };
    }

    @Override
    public String toString() {
        return "reset" + (delay.isZero() ? "" : " after " + Checks.print(delay));
    }
}
