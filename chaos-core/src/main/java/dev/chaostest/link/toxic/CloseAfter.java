// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.time.Duration;

/**
 * Closes the connection after a time.
 *
 * <p>Both peers see the end of the stream, as if the other had closed. Bytes that are under way then are lost.
 *
 * <pre>{@code
 * Rule shortLived = Rule.of(LinkTarget.of("bank"), Trigger.always(), new CloseAfter(Duration.ofMinutes(5)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param delay since the toxic holds; not negative
 * @since 0.1
 */
public record CloseAfter(Duration delay) implements Toxic {

    public CloseAfter {
        Checks.notNegative("close", "come after a time", delay, "To close at once, use CloseAfter.now().");
    }

    /** As soon as the connection is there. */
    public static CloseAfter now() {
        return new CloseAfter(Duration.ZERO);
    }

    @Override
    public Stage stage(Draws draws) {
        return new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(delay, () -> {
                    out.struck();
                    out.close();
                });
            }
        };
    }

    @Override
    public String toString() {
        return "close" + (delay.isZero() ? "" : " after " + Checks.print(delay));
    }
}
