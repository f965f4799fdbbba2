// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.LinkClients;
import dev.chaostest.link.TcpLink;
import dev.chaostest.mount.Mount;
import dev.chaostest.postgres.wire.internal.Encryption;
import dev.chaostest.postgres.wire.internal.Hopeless;
import dev.chaostest.postgres.wire.internal.PostgresClients;
import java.net.InetSocketAddress;

/**
 * The wire seam for any client: a port of this process, behind which each client is connected to a PostgreSQL, and whose
 * messages meet the faults of a scope.
 *
 * <p>For what has no {@code socketFactory}: psql, libpq, R2DBC, Vert.x, an application in another process; the server may run
 * anywhere, in a container, say. Sites, rules and faults are those of a {@link WireMount}; toxics and outages are those of the
 * {@link #link}, and come behind it. While no rule strikes, bytes go through unchanged.
 *
 * <pre>{@code
 * WireLink bank = WireLink.open(scope, "bank", new InetSocketAddress("localhost", 5432));
 * scope.inject(Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER)));
 * Process psql = new ProcessBuilder("psql", "-h", "localhost", "-p", "" + bank.port()).start();
 * }</pre>
 *
 * <p>A wish for TLS or GSSAPI encryption is passed on to the server. If it agrees, the stream passes untouched from there on, and
 * a round with a rule that must look inside is red and says what to set. Cancel requests are sites, too, whichever way they
 * come. The end of a client ends its waits: what is held for it is lost. One that waits without end for what a fault keeps, and
 * has no time-out, is reset after 90 s, and the round is red with what to set.
 *
 * <p>Not known here: which code sends a statement, unless its thread is {@linkplain dev.chaostest.plan.Laned one of ours}. Safe
 * for use by many threads. Source: PostgreSQL documentation, "Frontend/Backend Protocol".
 *
 * @since 0.1
 */
public final class WireLink implements AutoCloseable {

    private final WireMount wire;
    private final TcpLink link;

    private WireLink(WireMount wire, TcpLink link) {
        this.wire = wire;
        this.link = link;
    }

    /**
     * Opens a link to a server, and arms the scope on it and on what passes it. The scope owns it.
     *
     * @param name for sites and messages, without blanks: {@code bank}
     * @param server where clients are connected to; looked up for each of them if it is not resolved
     * @throws IllegalArgumentException if the name has blanks, or the server no port
     * @throws dev.chaostest.plan.ChaosException if a rule of the scope can't be carried out there
     * @throws IllegalStateException if the scope is healed or closed already
     */
    public static WireLink open(ChaosScope scope, String name, InetSocketAddress server) {
        WireMount wire = WireMount.ofLink(name, scope.round());
        try {
            LinkClients clients = new PostgresClients(WireMount::isTimed);
            Hopeless hopeless = Hopeless.ofLink(name, clients);
            TcpLink link =
                    scope.link(name, server, () -> wire.newFilter(hopeless, Encryption.Policy.PASSED, () -> server));
            link.clients(clients);
            WireLink opened = scope.own("the wire of link " + name, new WireLink(wire, link));
            scope.arm(wire.mount());
            return opened;
        } catch (RuntimeException refused) {
            wire.close();
            throw refused;
        }
    }

    /** Where clients connect instead of to the server: a port of the loopback interface. */
    public InetSocketAddress address() {
        return link.address();
    }

    /** The port of {@link #address}. */
    public int port() {
        return link.port();
    }

    /** Where a scope is armed, for rules about statements and messages. */
    public Mount mount() {
        return wire.mount();
    }

    /**
     * What is known of the sessions that pass, and of those of the DataSource on which the scope was armed before, if there was
     * one; also the mount for a DataSource that is to share it.
     */
    public WireMount wire() {
        return wire;
    }

    /** The way itself, for toxics and outages. */
    public TcpLink link() {
        return link;
    }

    /** Closes the port and all connections, and ends all threads. Twice is harmless. */
    @Override
    public void close() {
        try (wire) {
            link.close();
        }
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
