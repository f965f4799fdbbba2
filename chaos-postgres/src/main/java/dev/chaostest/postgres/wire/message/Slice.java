// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * Delivers one message in small pieces.
 *
 * <p>The peer gets all bytes in order, in many reads where it expected one: what it does with half a message shows. Nothing
 * else changes. The first 1,000 pieces are cut, from at most 16 KiB of the message; the rest of a longer one follows as it
 * comes.
 *
 * <pre>{@code
 * Rule crumbs = Rule.of(WireTarget.message("RowDescription"), Trigger.always(), Slice.of(1));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param bytes the size of a piece, at least 1
 * @param gap the time between two pieces, 1 ms to 10 s; less, and the peer would read several at once
 * @since 0.1
 */
public record Slice(int bytes, Duration gap) implements MessageFault {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    public Slice {
        Objects.requireNonNull(gap, "gap");
        if (bytes < 1) {
            throw new ChaosException("A slice must have 1 byte or more, but has " + bytes + ". Use Slice.of(1).");
        }
        if (gap.compareTo(SHORTEST) < 0 || gap.compareTo(LONGEST) > 0) {
            throw new ChaosException("The time between two slices must be 1 ms to 10 s, but was " + Durations.print(gap)
                    + ". Use Slice.of(" + bytes + ") for 1 ms.");
        }
    }

    /** Pieces of so many bytes, 1 ms apart. */
    public static Slice of(int bytes) {
        return new Slice(bytes, SHORTEST);
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public String demand() {
        return "must be at a message of a session, but is at {}, which has a connection of its own. Use a Delay there.";
    }

    @Override
    public String cameBack() {
        return "in pieces";
    }

    @Override
    public String toString() {
        return "message in pieces of " + Amount.of(bytes, "byte") + ", " + Durations.print(gap) + " apart";
    }
}
