// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

/**
 * Lets one message vanish.
 *
 * <p>Its peer never sees it; what comes before and behind it passes. A client without one of its answers reads on or waits
 * without end, as its protocol code has it: a row that is missing is not noticed, a ReadyForQuery that is missing hangs
 * until the socket time-out (08006). A server without a Sync answers nothing more.
 *
 * <p>When the rule is taken out or its scope ends, a connection that has not been ready again since is ended: nobody would free
 * its client.
 *
 * <pre>{@code
 * Rule lost = Rule.of(WireTarget.message("DataRow"), Trigger.nth(3), new Swallow());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL protocol, "Message Flow".
 *
 * @since 0.1
 */
public record Swallow() implements MessageFault {

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
        return "swallowed";
    }

    @Override
    public String toString() {
        return "message swallowed";
    }
}
