// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.plan.When;
import java.util.Objects;

/**
 * Lets everything vanish that comes in one direction, from a message on.
 *
 * <p>The direction is that of the message; the other one goes on. The peer sees nothing any more, and no end: a client
 * without a socket time-out waits until the rule is taken out or its scope ends, and is then told that the connection has ended
 * (08006), since what was lost can't be brought back. To have it go on instead, use {@link dev.chaostest.plan.Hang}, which
 * freezes the direction.
 *
 * <pre>{@code
 * Rule deaf = Rule.of(WireTarget.message("CommandComplete"), Trigger.nth(2), DropRest.fromIt());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param strikes whether the message itself is the first that is lost ({@code BEFORE}), or the last that passes
 * @since 0.1
 */
public record DropRest(When strikes) implements MessageFault {

    public DropRest {
        Objects.requireNonNull(strikes, "strikes");
    }

    /** The message is the first that is lost. */
    public static DropRest fromIt() {
        return new DropRest(When.BEFORE);
    }

    /** The message is the last that passes. */
    public static DropRest behindIt() {
        return new DropRest(When.AFTER);
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public String demand() {
        return "must be at a message of a session, but is at {}, which has a connection of its own. Use new "
                + "Cut(When.BEFORE) there.";
    }

    @Override
    public String cameBack() {
        return "dropped";
    }

    @Override
    public String toString() {
        return strikes == When.BEFORE ? "message and all behind it dropped" : "all behind the message dropped";
    }
}
