// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.LinkClients;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.TimeSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Accepts clients on a port of its own, connects each to the server, and has the plan asked about them.
 *
 * <p>Its lock makes "which connections are there, and what were they asked" one step. It is taken before the lock of a
 * connection or a flow, never after one. A filter that acts on its own link takes it after the filter's own, so that one is
 * not taken under it: see {@link Guard#unlocked}.
 */
public final class Relay implements AutoCloseable {

    private static final Duration JOIN = Duration.ofSeconds(10);

    private final String name;
    private final Destination server;
    private final Mount mount;
    private final Notes notes;
    private final Vigil vigil;
    private final ListenPort port;
    private final Pumps pumps;
    private final Questions questions;
    private final Sluice.Maker sluices;
    private final Guard guard = new Guard();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private Runnable unwatch = () -> {};
    private Acceptor acceptor;
    private final Outages outages = new Outages();
    private boolean cut;
    private boolean closed;

    private Relay(
            String name,
            InetSocketAddress server,
            Mount mount,
            Sluice.Maker sluices,
            TimeSource time,
            ListenPort port) {
        this.name = name;
        this.server = new Destination(server);
        this.mount = mount;
        this.notes = new Notes(name, mount);
        this.vigil = new Vigil(this, time);
        this.sluices = sluices;
        this.port = port;
        this.pumps = new Pumps(name);
        this.acceptor = acceptor(port.unmute());
        this.questions = new Questions(name, mount);
    }

    /**
     * Opens a port, and accepts clients from now on.
     *
     * @param sluices what stands in each connection
     * @param time what clients' waits are measured by
     */
    public static Relay open(
            String name, InetSocketAddress server, Mount mount, Sluice.Maker sluices, TimeSource time) {
        try {
            Relay relay = new Relay(name, server, mount, sluices, time, ListenPort.open(name));
            mount.whenArmed(relay::armed);
            relay.pumps.start(relay.acceptor);
            return relay;
        } catch (IOException e) {
            throw new ChaosException(
                    "link " + name + " must get a port on the loopback interface, but " + e
                            + ". Close what holds many ports or files.",
                    e);
        }
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return port.address();
    }

    String name() {
        return name;
    }

    Destination server() {
        return server;
    }

    private Acceptor acceptor(ServerSocket listening) {
        return new Acceptor(listening, this::admit, e -> note("link " + name + " could not accept a client: " + e));
    }

    private void admit(Socket client) {
        Connection connection = new Connection(this, client);
        try {
            client.setTcpNoDelay(true);
            connection.through(sluices);
            if (isAdmitted(connection)) {
                start(connection, connection::run);
            } else {
                connection.resetAll();
            }
        } catch (IOException | RuntimeException e) {
            note("link " + name + " could not serve a client: " + e);
            connection.resetAll();
        }
    }

    private boolean isAdmitted(Connection connection) {
        return guard.locked(() -> {
            if (closed || cut || !questions.admits(connection)) {
                return false;
            }
            connection.mayDial(!outages.isPartitioned());
            connections.add(connection);
            return true;
        });
    }

    private void armed(Round round) {
        guard.locked(() -> {
            unwatch.run();
            unwatch = round.whenAdded(() -> askLive(round));
            askLive(round);
            if (!closed) {
                vigil.begin(round);
            }
        });
    }

    /** What is known of its clients, from now on. */
    public void clients(LinkClients known) {
        vigil.clients(known);
    }

    /** Has a thread of the link look, unless that is closed. */
    void look(Runnable how) {
        guard.locked(() -> {
            if (!closed) {
                pumps.start(how);
            }
        });
    }

    /** Whether it is open and that round armed; under the lock. */
    boolean isWatched(Round round) {
        return !closed && mount.armed() == round;
    }

    /** The connections as they are now in that round. */
    List<Seen> seen(Round round) {
        return guard.locked(() -> connections.stream()
                .filter(each -> isWatched(round))
                .map(each -> each.seen(outages.text(), outages.changes()))
                .toList());
    }

    private void askLive(Round round) {
        guard.locked(() -> {
            questions.askLive(round, List.copyOf(connections));
        });
    }

    Notes notes() {
        return notes;
    }

    /** What must not be done under the lock. */
    Guard guard() {
        return guard;
    }

    /** The sockets of a connection are both open. */
    void begin(Connection connection) {
        guard.locked(() -> {
            connection.begin();
            if (outages.isHolding()) {
                connection.hold(true);
            }
        });
    }

    /** A connection is closed. */
    void forget(Connection connection) {
        guard.locked(() -> {
            connections.remove(connection);
            connection.forget();
        });
    }

    /** Starts a thread of a connection; if it fails, the connection is closed. */
    void start(Connection connection, Runnable task) {
        try {
            pumps.start(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) { // a stage of the user's, say
                    failed(connection, e);
                }
            });
        } catch (OutOfMemoryError noThread) {
            note("link " + name + " closed a connection, since no thread could be had: " + noThread);
            connection.resetAll();
        }
    }

    /** A connection can't be carried on: its peers must not wait in silence. */
    void failed(Connection connection, Throwable why) {
        try {
            note("link " + name + " closed a connection that it could not carry: " + why);
        } finally {
            connection.resetAll();
        }
    }

    /** Stops bytes, or lets them go on; false if that was so already. */
    public boolean hold(boolean hold) {
        return guard.locked(() -> {
            boolean changed = outages.hold(hold);
            List.copyOf(connections).forEach(connection -> connection.hold(outages.isHolding()));
            return changed;
        });
    }

    /** Parts clients from the server, or lets them meet again; false if that was so already. */
    public boolean partition(boolean part) {
        return guard.locked(() -> {
            boolean changed = outages.partition(part);
            for (Connection connection : List.copyOf(connections)) {
                connection.hold(outages.isHolding());
                connection.mayDial(!part);
            }
            return changed;
        });
    }

    /** Resets all connections and refuses new ones; false if that was so already. */
    public boolean cut() {
        boolean changed = mute();
        guard.locked(() -> acceptor).awaitGone(JOIN.toSeconds());
        return changed;
    }

    private boolean mute() {
        return guard.locked(() -> {
            boolean changed = !cut && !closed;
            cut = true;
            acceptor.stop();
            port.mute();
            List.copyOf(connections).forEach(Connection::resetAll);
            return changed;
        });
    }

    /** Accepts clients again; false if it did already. */
    public boolean restore() {
        Acceptor last = guard.locked(() -> acceptor);
        if (!guard.locked(() -> cut && !closed)) {
            return false;
        }
        last.awaitGone(JOIN.toSeconds()); // not under the lock, which it may need for the last client
        return guard.locked(() -> {
            boolean changed = cut && !closed && acceptor == last; // else somebody else was first
            if (changed) {
                acceptor = acceptor(port.unmute());
                pumps.start(acceptor);
                cut = false;
            }
            return changed;
        });
    }

    /** How many clients are connected. */
    public int connections() {
        return guard.locked(connections::size);
    }

    /** Writes down what happened. */
    public void note(String text) {
        notes.note(text);
    }

    void unreachable(IOException cause) {
        note("link " + name + " could not connect to " + server + ", and reset its client: " + cause);
    }

    /** What is left: threads, connections, the port. */
    public List<String> residue() {
        List<String> left = new ArrayList<>();
        pumps.left().forEach(thread -> left.add("thread " + thread));
        guard.locked(() -> {
            connections.forEach(connection -> left.add("connection of " + connection.text()));
            if (port.listening() != null) {
                left.add("port " + port.address().getPort() + " of link " + name);
            }
        });
        return left;
    }

    /** Closes the port and all connections, and waits until its threads have ended. Twice is harmless. */
    @Override
    public void close() {
        List<Connection> open = guard.locked(() -> {
            closed = true;
            pumps.joinFromNowOn();
            acceptor.stop();
            unwatch.run();
            vigil.end();
            port.close();
            return List.copyOf(connections);
        });
        open.forEach(Connection::closeAll);
        pumps.join(JOIN);
    }
}
