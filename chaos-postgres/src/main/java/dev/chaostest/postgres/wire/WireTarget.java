// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Moment;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.List;

/**
 * Where a fault happens, as messages of the protocol.
 *
 * <p>{@link #message} names any message of the protocol, of any connection; the rows of one statement are {@link
 * SqlTarget#rows()}. Each message that the client sends or gets is one hit, however the network cuts the stream; what this
 * library says by itself is none. Faults here delay, hang or cut, or are one of the package {@code message}; no error is raised.
 *
 * <pre>{@code
 * Rule lost = Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), new Cut(When.BEFORE));
 * Rule deaf = Rule.of(WireTarget.cancelRequest(), Trigger.always(), new Cut(When.BEFORE));
 * Rule unready = Rule.of(WireTarget.message("ReadyForQuery"), Trigger.nth(2), new Swallow());
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

    /**
     * Messages by their name in PostgreSQL's documentation: {@code "Parse"}, {@code "CommandComplete"}. {@code "DataRow"} is a
     * row of any statement. {@code "CopyData"} and {@code "CopyDone"} are those of both directions, {@code "CopyData from
     * server"} those of one. Those that drivers and pools send by themselves count, too.
     *
     * @throws dev.chaostest.plan.ChaosException if there is no such message; it says which name is nearest
     */
    static WireTarget message(String name) {
        return new Messages(
                name, MessageType.named(name).stream().map(MessageType::site).toList());
    }

    @Override
    default String seam() {
        return WireSites.SEAM;
    }

    @Override
    default Fault told(Fault fault) {
        return fault.at(moment());
    }

    /** Which way these messages go. */
    Moment moment();

    /** See {@link SqlTarget#rows()}. */
    record Rows(SqlTarget of) implements WireTarget {
        @Override
        public boolean matches(Site site) {
            return WireSites.statementOfRow(site).filter(of::matches).isPresent();
        }

        @Override
        public Moment moment() {
            return Moment.TO_CLIENT;
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
        public Moment moment() {
            return MessageType.moment(List.of(site));
        }

        @Override
        public String toString() {
            return site.toString();
        }
    }

    /**
     * See {@link #message}.
     *
     * @param name what the user wrote
     * @param sites what it means
     */
    record Messages(String name, List<Site> sites) implements WireTarget {

        public Messages {
            sites = List.copyOf(sites);
        }

        @Override
        public boolean matches(Site site) {
            return sites.contains(site)
                    || (sites.contains(WireSites.DATA_ROW)
                            && WireSites.statementOfRow(site).isPresent());
        }

        @Override
        public Moment moment() {
            return MessageType.moment(sites);
        }

        @Override
        public String toString() {
            return WireSites.SEAM + ":" + name;
        }
    }
}
