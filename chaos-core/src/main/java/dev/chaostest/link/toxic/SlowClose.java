// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.time.Duration;

/**
 * Delays the end of the stream.
 *
 * <p>The peer gets all bytes as usual, and hears that much later that no more will come.
 *
 * <pre>{@code
 * Rule lingering = Rule.of(LinkTarget.toClient("bank"), Trigger.always(), new SlowClose(Duration.ofSeconds(5)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param delay positive
 * @since 0.1
 */
public record SlowClose(Duration delay) implements Toxic {

    public SlowClose {
        Checks.positive("slow close", "take a time", delay, "To close as usual, remove the fault.");
    }

    @Override
    public Stage stage(Draws draws) {
        return new Stage() {
            @Override
            public void signal(Signal signal, Outlet out) {
                boolean toTell = signal != Signal.SILENCE; // else the link closed it: there is nothing to delay
                if (toTell) {
                    out.struck();
                }
                out.pass(signal, out.now() + (toTell ? delay.toNanos() : 0));
            }
        };
    }

    @Override
    public String toString() {
        return "slow close of " + Checks.print(delay);
    }
}
