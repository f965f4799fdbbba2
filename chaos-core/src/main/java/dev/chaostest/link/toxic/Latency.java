// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.Length;
import java.time.Duration;
import java.util.Objects;

/**
 * Delays bytes by a time, as a longer way would.
 *
 * <p>The peer sees each byte that much later, in order; bytes under way don't wait for each other, so a stream is as fast
 * as before. The end of the stream is delayed too. With a length that varies, a later byte is never before an earlier one.
 * At most 1 MiB is under way in each direction of a connection; then the sender waits.
 *
 * <pre>{@code
 * Rule far = Rule.of(LinkTarget.of("bank"), Trigger.always(), Latency.of(Duration.ofMillis(200)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param length how long; drawn for each piece that comes
 * @since 0.1
 */
public record Latency(Length length) implements Toxic {

    public Latency {
        Objects.requireNonNull(length, "length");
    }

    /** Always the same. */
    public static Latency of(Duration length) {
        return new Latency(Length.fixed(length));
    }

    /** Any length that is not further from the mean than the jitter is as likely. */
    public static Latency of(Duration mean, Duration jitter) {
        return new Latency(Length.uniform(mean.minus(jitter), mean.plus(jitter)));
    }

    @Override
    public Stage stage(Draws draws) {
        return new Later(length, draws);
    }

    @Override
    public String toString() {
        return "latency of " + length;
    }

    private static final class Later implements Stage {
        private final Length length;
        private final Draws draws;
        private long offset;

        Later(Length length, Draws draws) {
            this.length = length;
            this.draws = draws;
        }

        @Override
        public void bytes(Chunk chunk, Outlet out) {
            out.struck();
            out.pass(chunk, due(out));
            offset += chunk.length();
        }

        @Override
        public void signal(Signal signal, Outlet out) {
            out.pass(signal, due(out));
        }

        private long due(Outlet out) {
            return out.now() + length.at(draws.at(offset)).toNanos();
        }
    }
}
