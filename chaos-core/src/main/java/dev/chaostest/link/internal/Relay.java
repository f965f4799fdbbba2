// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.LinkTarget.Age;
import dev.chaostest.link.toxic.LinkTarget.Part;
import dev.chaostest.link.toxic.Refuse;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts clients on a port of its own, connects each to the server, and has the plan asked about them.
 *
 * <p>Its lock makes "which connections are there, and what were they asked" one step. It is taken before the lock of a
 * connection or a flow, never after one.
 */
public final class Relay implements AutoCloseable {

    /** How long the server may take to answer a connect. */
    static final int CONNECT_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Duration JOIN = Duration.ofSeconds(10);

    private final String name;
    private final InetSocketAddress server;
    private final Mount mount;
    private final Door door;
    private final Pumps pumps;
    private final List<Site> sites;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private Runnable unwatch = () -> {};
    private boolean held;
    private boolean partitioned;
    private boolean cut;
    private boolean closed;

    private Relay(String name, InetSocketAddress server, Mount mount, ListenPort port) {
        this.name = name;
        this.server = server;
        this.mount = mount;
        this.pumps = new Pumps(name);
        this.door = new Door(this, pumps, port);
        this.sites = List.of(Part.WHOLE.of(name), Part.TO_SERVER.of(name), Part.TO_CLIENT.of(name));
    }

    /** Opens a port, and accepts clients from now on. */
    public static Relay open(String name, InetSocketAddress server, Mount mount) {
        try {
            Relay relay = new Relay(name, server, mount, ListenPort.open());
            relay.door.open();
            mount.whenArmed(relay::armed);
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
        return door.address();
    }

    String name() {
        return name;
    }

    InetSocketAddress server() {
        return server;
    }

    /** A name is looked up for each connection, as a client without the link would. */
    InetSocketAddress resolved() throws UnknownHostException {
        InetSocketAddress resolved =
                server.isUnresolved() ? new InetSocketAddress(server.getHostString(), server.getPort()) : server;
        if (resolved.isUnresolved()) {
            throw new UnknownHostException(server.getHostString());
        }
        return resolved;
    }

    List<Site> sites() {
        return sites;
    }

    /** A client has come in. */
    void admit(Socket client, ServerSocket listening) {
        Connection connection = new Connection(this, client);
        try {
            client.setTcpNoDelay(true);
            if (isAdmitted(connection, listening)) {
                start(connection, connection::run);
            } else {
                connection.resetAll();
            }
        } catch (IOException | RuntimeException e) {
            note("link " + name + " could not serve a client: " + e);
            connection.resetAll();
        }
    }

    private boolean isAdmitted(Connection connection, ServerSocket listening) {
        lock.lock();
        try {
            if (listening.isClosed()) { // a cut hits whoever came before it, also if it is over by now
                return false;
            }
            Round round = mount.armed();
            if (round != null) {
                Lane lane = round.newLane(laneKind());
                if (isRefused(round, lane, connection)) {
                    return false;
                }
                connection.ask(round, lane, Age.NEW);
            }
            connection.mayDial(!partitioned);
            connections.add(connection);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isRefused(Round round, Lane lane, Connection connection) {
        Strike strike = round.at(LinkTarget.connect(name), lane, Age.NEW, connection::text, Set.of());
        return strike != null && strike.first(Refuse.class).isPresent();
    }

    private String laneKind() {
        return name + "-connection";
    }

    private void armed(Round round) {
        lock.lock();
        try {
            unwatch.run();
            unwatch = round.whenAdded(() -> askLive(round));
            askLive(round);
        } finally {
            lock.unlock();
        }
    }

    private void askLive(Round round) {
        lock.lock();
        try {
            for (Connection connection : List.copyOf(connections)) {
                Lane lane = connection.isAsked(round) ? connection.lane() : round.newLane(laneKind());
                connection.ask(round, lane, Age.LIVE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The sockets of a connection are both open. */
    void begin(Connection connection) {
        lock.lock();
        try {
            connection.begin();
            if (held || partitioned) {
                connection.hold(true);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A connection is closed. */
    void forget(Connection connection) {
        lock.lock();
        try {
            connections.remove(connection);
            connection.forget();
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread of a connection; if it fails, the connection is closed. */
    void start(Connection connection, Runnable task) {
        try {
            pumps.start(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) { // a stage of the user's, say, or a full heap
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
        lock.lock();
        try {
            boolean changed = held != hold;
            held = hold;
            List.copyOf(connections).forEach(connection -> connection.hold(held || partitioned));
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** Parts clients from the server, or lets them meet again; false if that was so already. */
    public boolean partition(boolean part) {
        lock.lock();
        try {
            boolean changed = partitioned != part;
            partitioned = part;
            for (Connection connection : List.copyOf(connections)) {
                connection.hold(held || partitioned);
                connection.mayDial(!partitioned);
            }
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** Resets all connections and refuses new ones; false if that was so already. */
    public boolean cut() {
        boolean changed;
        lock.lock();
        try {
            changed = !cut && !closed;
            cut = true;
            door.shut();
            List.copyOf(connections).forEach(Connection::resetAll);
        } catch (IOException e) {
            throw portFailed("closed", "Close the link, and open another.", e);
        } finally {
            lock.unlock();
        }
        if (changed) {
            door.awaitShut();
        }
        return changed;
    }

    /** Accepts clients again; false if it did already. */
    public boolean restore() {
        while (isCut()) {
            door.awaitShut(); // not under the lock, which whoever still accepts may need
            if (reopen()) {
                return true;
            }
        }
        return false;
    }

    private boolean isCut() {
        lock.lock();
        try {
            return cut && !closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean reopen() {
        lock.lock();
        try {
            boolean changed = cut && !closed && door.isShut();
            if (changed) {
                door.open();
                cut = false;
            }
            return changed;
        } catch (IOException e) {
            throw portFailed("opened again", "Close the link, and open another.", e);
        } finally {
            lock.unlock();
        }
    }

    private ChaosException portFailed(String what, String advice, IOException e) {
        return new ChaosException(
                "port " + address().getPort() + " of link " + name + " must be " + what + ", but " + e + ". " + advice,
                e);
    }

    /** How many clients are connected. */
    public int connections() {
        lock.lock();
        try {
            return connections.size();
        } finally {
            lock.unlock();
        }
    }

    /** Writes a line into the ledger of the round that is armed, else into the log. */
    public void note(String text) {
        Round round = mount.armed();
        if (round != null) {
            round.ledger().noted(text);
        } else {
            LOG.info("{}", text);
        }
    }

    void unreachable(IOException cause) {
        note("link " + name + " could not connect to " + server + ", and reset its client: " + cause);
    }

    void debug(String what, IOException cause) {
        LOG.debug("link {}: {}: {}", name, what, cause.toString());
    }

    /** What is left: threads, connections, the port. */
    public List<String> residue() {
        List<String> left = new ArrayList<>();
        pumps.left().forEach(thread -> left.add("thread " + thread));
        lock.lock();
        try {
            connections.forEach(connection -> left.add("connection of " + connection.text()));
            if (door.isListening()) {
                left.add("port " + address().getPort() + " of link " + name);
            }
        } finally {
            lock.unlock();
        }
        return left;
    }

    /** Closes the port and all connections, and waits until its threads have ended. Twice is harmless. */
    @Override
    public void close() {
        List<Connection> open;
        lock.lock();
        try {
            closed = true;
            unwatch.run();
            door.close();
            open = List.copyOf(connections);
        } catch (IOException e) {
            throw portFailed("closed", "See the cause.", e);
        } finally {
            lock.unlock();
        }
        open.forEach(Connection::closeAll);
        pumps.join(JOIN);
    }
}
