// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.link.internal.Relay;
import dev.chaostest.link.internal.Sluice;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Refuse;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.TimeSource;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A way to a server that can be made slow, lossy or dead: a port of this process, behind which each client is connected to
 * the server.
 *
 * <p>While nothing is wrong, bytes go through unchanged; a half-close and a reset are passed on. Faults are
 * {@linkplain Rule planned} about a {@link LinkTarget}, injected while it runs, or made by hand: {@link #hold},
 * {@link #partition}, {@link #cut}, each with the verb that undoes it. In a dry run nothing is done. Any client will do.
 *
 * <pre>{@code
 * TcpLink bank = scope.link("bank", new InetSocketAddress("localhost", 5432));
 * PGSimpleDataSource source = new PGSimpleDataSource();
 * source.setPortNumbers(new int[] {bank.port()});
 * bank.during(Latency.of(Duration.ofMillis(200)), () -> service.pay(order));
 * }</pre>
 *
 * <p>Each connection takes two threads, and about 20 KiB of heap while little goes through. Once a toxic is there, a third
 * and a fourth thread, and at most 1 MiB under way in each direction: then the sender waits, as for a slow peer. A server
 * that does not answer a connect within 10 s counts as unreachable: the client is reset. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class TcpLink implements AutoCloseable {

    private static final int PORT_MAX = 65_535;

    private final String name;
    private final InetSocketAddress server;
    private final Mount mount;
    private final Relay relay;
    private final Runnable permission;

    private TcpLink(String name, InetSocketAddress server, Mount mount, Runnable permission, Sluice.Maker sluices) {
        this.name = name;
        this.server = server;
        this.mount = mount;
        this.permission = permission;
        this.relay = Relay.open(name, server, mount, sluices, TimeSource.system());
    }

    /**
     * Opens a link that nobody owns yet.
     *
     * @param name for sites and messages, without blanks: {@code bank}
     * @param server where clients are connected to; looked up for each of them if it is not resolved
     * @throws IllegalArgumentException if the name has blanks, or the server no port
     * @throws dev.chaostest.plan.ChaosException if there is no port to be had
     */
    public static TcpLink open(String name, InetSocketAddress server) {
        return open(name, server, () -> {});
    }

    /**
     * As {@link #open(String, InetSocketAddress)}.
     *
     * @param permission asked before each fault and outage; throws if there must be none
     */
    public static TcpLink open(String name, InetSocketAddress server, Runnable permission) {
        return open(name, server, permission, Sluice.Maker.open());
    }

    /**
     * A link each of whose connections passes a filter that understands its protocol. The filter comes before the toxics: what
     * it lets through, and what it says itself, meets them.
     *
     * <p>What waits for a {@linkplain Hold hold} waits on a thread of its own, at most 1 MiB in each direction; then the sender
     * waits. A filter that throws ends its connection.
     *
     * @param permission asked before each fault and outage; throws if there must be none
     * @param filters asked once for each connection, before its first byte
     */
    public static TcpLink open(
            String name, InetSocketAddress server, Runnable permission, Supplier<? extends Filter> filters) {
        return open(
                name,
                server,
                permission,
                (there, back) -> FilteredWay.pair(filters.get(), System::nanoTime, there, back));
    }

    private static TcpLink open(String name, InetSocketAddress server, Runnable permission, Sluice.Maker sluices) {
        LinkTarget.requireName(name);
        if (server.getPort() < 1 || server.getPort() > PORT_MAX) {
            throw new IllegalArgumentException("server of link " + name + " must have a port between 1 and " + PORT_MAX
                    + ", but was " + server + ". Give the port that the server listens on.");
        }
        Mount mount = new Mount("the link " + name, LinkTarget.SEAM, Set.of(Toxic.class, Refuse.class));
        return new TcpLink(name, server, mount, permission, sluices);
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** Where clients connect instead of to the server: a port of the loopback interface, the same while the link is open. */
    public InetSocketAddress address() {
        return relay.address();
    }

    /** The port of {@link #address}. */
    public int port() {
        return address().getPort();
    }

    /** Where clients are connected to. */
    public InetSocketAddress server() {
        return server;
    }

    /** Where a scope is armed. */
    public Mount mount() {
        return mount;
    }

    /**
     * Says what is known of its clients, from now on. One that waits without end for what a fault keeps is
     * {@linkplain dev.chaostest.mount.LinkPatience ended}, unless it will give up by itself.
     */
    public void clients(LinkClients known) {
        relay.clients(known);
    }

    /** How many clients are connected now. */
    public int connections() {
        return relay.connections();
    }

    /**
     * Stops all bytes until {@link #release}. Peers see silence; nothing is lost. New connections are made, and are as
     * silent.
     *
     * @return what releases
     */
    public Outage hold() {
        return mayAct("hold") ? outage(relay.hold(true), "held", this::release) : () -> {};
    }

    /** Lets bytes go on, those that were held first. */
    public void release() {
        noteIf(relay.hold(false), "released");
    }

    /**
     * Parts clients from the server until {@link #repair}, as a network that is down. Peers see silence, also where the
     * other one closes or breaks. A new connection is not made to the server; its client's connect succeeds, since this
     * machine's kernel answers it, and then hears nothing. Nothing is lost: as TCP sends again, all arrives after the repair.
     *
     * @return what repairs
     */
    public Outage partition() {
        return mayAct("partition") ? outage(relay.partition(true), "partitioned", this::repair) : () -> {};
    }

    /** Lets clients and the server meet again: what was sent arrives, connects go through. */
    public void repair() {
        noteIf(relay.partition(false), "repaired");
    }

    /**
     * Resets all connections and refuses new ones until {@link #restore}. Peers see "Connection reset", and a new client
     * "Connection refused": nobody listens on the port, which stays reserved.
     *
     * @return what restores
     */
    public Outage cut() {
        return mayAct("cut") ? outage(relay.cut(), "cut", this::restore) : () -> {};
    }

    /** Accepts clients again, on the same port. */
    public void restore() {
        noteIf(relay.restore(), "restored");
    }

    /**
     * Makes something happen to all connections in both directions, live and new, until the result is closed. For anything
     * finer, inject a rule into the scope.
     *
     * @param fault a {@link Toxic} or {@link Refuse}
     * @throws dev.chaostest.plan.ChaosException if a link can't carry it out
     * @throws IllegalStateException if no scope is armed
     */
    public Outage inject(Fault fault) {
        permission.run();
        Rule rule = Rule.of(LinkTarget.of(name), Trigger.always(), fault);
        mount.requireCarried(rule);
        Round round = mount.armed();
        if (round == null) {
            throw new IllegalStateException("A scope must be armed on the link " + name + " for \"" + fault
                    + "\", but none is. Open it by scope.link(...), or arm its mount.");
        }
        Runnable retire = round.add(rule);
        AtomicBoolean active = new AtomicBoolean(true);
        return () -> {
            if (active.compareAndSet(true, false)) {
                retire.run();
                round.ledger().noted("healed: " + rule);
            }
        };
    }

    /**
     * Runs something while a fault holds, and ends that, whatever comes of it.
     *
     * @throws E what the block throws
     */
    public <E extends Exception> void during(Fault fault, Outage.Block<E> block) throws E {
        inject(fault).during(block);
    }

    /** What a closed link must not leave: threads, connections, the port; one sentence each. */
    public List<String> residue() {
        return relay.residue();
    }

    /** In a dry run nothing is done. */
    private boolean mayAct(String what) {
        permission.run();
        Round round = mount.armed();
        if (round == null || round.wouldStrike() == null) {
            return true;
        }
        round.ledger().noted("dry run: would " + what + " link " + name);
        return false;
    }

    private Outage outage(boolean changed, String what, Outage undone) {
        noteIf(changed, what);
        return undone;
    }

    private void noteIf(boolean changed, String what) {
        if (changed) {
            relay.note("link " + name + " " + what);
        }
    }

    /**
     * Closes the port and all connections, and ends all threads. Twice is harmless.
     *
     * @throws dev.chaostest.plan.ChaosException if a thread does not end within 10 seconds
     */
    @Override
    public void close() {
        relay.close();
    }

    @Override
    public String toString() {
        return "link " + name + " " + address() + " to " + server;
    }
}
