// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.plan.Site;
import java.util.Set;

/**
 * Stops the answers at a row and has the server cancel the statement: 57014 in the middle of a result.
 *
 * <p>From this row on nothing passes. A cancel request with the connection's own key goes to the server, and its error is
 * what the client sees next; the transaction is failed, as after any cancel. A server that has sent everything already
 * (a small result lies in its buffers) is made to cancel another statement of the same session, so that what the client
 * sees is true all the same.
 *
 * <p>That can't be in auto-commit mode for what wrote: its effect is there already. Then the test is red, and says so. A
 * function that a {@code SELECT} calls is not known to write.
 *
 * <pre>{@code
 * Rule cancelled = Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), new CancelOnServer());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL protocol, "Canceling Requests in Progress".
 *
 * @since 0.1
 */
public record CancelOnServer() implements MessageFault {

    private static final Set<MessageType> ROWS = Set.of(MessageType.DATA_ROW, MessageType.COPY_DATA_FROM_SERVER);
    private static final String ROW_OF = MessageType.DATA_ROW.site().name() + " of ";

    @Override
    public boolean endsTheCall() {
        return true;
    }

    /** Only while a statement answers with rows. */
    @Override
    public boolean isPossibleAt(Site site) {
        return site.name().startsWith(ROW_OF)
                || ROWS.stream().map(MessageType::site).anyMatch(site::equals);
    }

    @Override
    public String demand() {
        return "must be at a row, but is at {}. Use WireTarget.message(\"DataRow\"), or WireTarget.message(\"CopyData from "
                + "server\").";
    }

    @Override
    public String cameBack() {
        return "57014";
    }

    @Override
    public String toString() {
        return "answers stopped and the statement cancelled on the server";
    }
}
