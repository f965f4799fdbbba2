// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;

/**
 * Where a fault happens, as messages of the protocol.
 *
 * <p>Rows of a statement's result are {@link SqlTarget#rows()}. These faults delay, hang or cut; no error is raised here.
 *
 * <pre>{@code
 * Rule lost = Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), new Cut(When.BEFORE));
 * Rule deaf = Rule.of(WireTarget.cancelRequest(), Trigger.always(), new Cut(When.BEFORE));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, "Message Formats".
 *
 * @since 0.1
 */
public sealed interface WireTarget extends Target {

    /**
     * Requests to cancel a statement, which a client sends over a connection of their own: {@code Statement.cancel} and query
     * time-outs. Their lane is that of the connection whose statement they are about.
     */
    static WireTarget cancelRequest() {
        return new Message(WireSites.CANCEL_REQUEST);
    }

    /** Notifications for {@code LISTEN}, as they come from the server. */
    static WireTarget notification() {
        return new Message(WireSites.NOTIFICATION);
    }

    @Override
    default String seam() {
        return WireSites.SEAM;
    }

    /** See {@link SqlTarget#rows()}. */
    record Rows(SqlTarget of) implements WireTarget {
        @Override
        public boolean matches(Site site) {
            return WireSites.statementOfRow(site).filter(of::matches).isPresent();
        }

        @Override
        public String toString() {
            return "rows of " + of;
        }
    }

    /** One kind of message. */
    record Message(Site site) implements WireTarget {
        @Override
        public boolean matches(Site other) {
            return site.equals(other);
        }

        @Override
        public String toString() {
            return site.toString();
        }
    }
}
