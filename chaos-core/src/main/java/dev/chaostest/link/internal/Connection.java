// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.LinkTarget.Age;
import dev.chaostest.link.toxic.LinkTarget.Part;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.mount.Pending;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Standing;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client and its connection to the server.
 *
 * <p>What asks and changes it ({@link #ask}, {@link #hold}, {@link #begin}) is under the lock of the relay; its own lock
 * guards what its threads change.
 */
final class Connection {

    private final Relay relay;
    private final Socket client;
    private final Socket server = new Socket();
    private final Pump toServer;
    private final Pump toClient;
    private final Waiting waiting;
    private final List<Affliction> afflictions = new ArrayList<>();
    private @Nullable Standing standing;
    private Lane lane = new Lane("connection");
    private boolean begun;

    private final ReentrantLock lock = new ReentrantLock();
    private final Admission admission = new Admission();
    private volatile boolean clientGone;
    private volatile boolean serverGone;
    private boolean toServerOver;
    private boolean toClientOver;
    private final List<Socket> toBreak = new ArrayList<>();

    Connection(Relay relay, Socket client) {
        this.relay = relay;
        this.client = client;
        Talk talk = new Talk();
        this.toServer = new Pump(this, client, server, new Flow(() -> start(this.writer(true))), talk, true);
        this.toClient = new Pump(this, server, client, new Flow(() -> start(this.writer(false))), talk, false);
        this.waiting = new Waiting(toServer, toClient, talk, admission);
    }

    /** Before it runs: has something stand in its way. */
    void through(Sluice.Maker maker) {
        Sluice.Pair pair = maker.make(toServer, toClient);
        toServer.through(pair.toServer());
        toClient.through(pair.toClient());
    }

    void start(Runnable task) {
        relay.start(this, task);
    }

    private Runnable writer(boolean server) {
        return server ? toServer::write : toClient::write;
    }

    /** The lane of the round that was asked last. */
    Lane lane() {
        return lane;
    }

    /** Asks the rules that were not asked yet. */
    void ask(Round round, List<Site> sites, Lane lane, Age age) {
        this.lane = lane;
        Standing current = standing;
        if (current == null || current.round() != round) {
            current = round.standing(sites, lane);
            standing = current;
        }
        for (Pending pending : current.ask(age)) {
            if (pending.fault() instanceof Toxic toxic) {
                afflict(new Affliction(pending, toxic, part(pending), round.time(), text()));
            }
        }
    }

    /** Whether this round was asked about it before. */
    boolean isAsked(Round round) {
        return standing != null && standing.round() == round;
    }

    private Part part(Pending pending) {
        for (Part part : Part.values()) {
            if (part.of(relay.name()).equals(pending.hit().site())) {
                return part;
            }
        }
        return Part.WHOLE;
    }

    /** Who is connected to what. */
    String text() {
        return "client " + client.getRemoteSocketAddress() + " of link " + relay.name() + " to " + relay.server();
    }

    private void afflict(Affliction affliction) {
        afflictions.removeIf(Affliction::isLifted); // a connection may live longer than thousands of them
        afflictions.add(affliction);
        if (begun) {
            affliction.begin(toServer, toClient);
        }
    }

    /** Holds what flows; one that does not flow yet is asked to hold when it begins. */
    void hold(boolean hold) {
        if (!begun) { // a writer that starts before the socket is connected fails
            return;
        }
        toServer.flow().hold(hold);
        toClient.flow().hold(hold);
    }

    Waiting waiting() {
        return waiting;
    }

    /** The client's end of it. */
    SocketAddress peer() {
        return client.getRemoteSocketAddress();
    }

    /** What is known of it under the lock of the relay. */
    Seen seen(String outage, long outages) {
        return new Seen(this, begun, outage, outages);
    }

    /** Its client waits in vain. */
    void giveUp() {
        toServer.sluice().giveUp();
        toClient.sluice().giveUp();
        resetAll();
    }

    /** Lets it dial the server, or not yet. */
    void mayDial(boolean may) {
        admission.may(may);
    }

    /** Dials, and carries bytes to the server until there are no more; for a thread of its own. */
    void run() {
        if (!dial()) {
            return;
        }
        relay.begin(this);
        relay.start(this, toClient::read);
        toServer.read();
    }

    private boolean dial() {
        try {
            if (!admission.await()) {
                return false;
            }
            relay.server().connect(server);
            return true;
        } catch (IOException e) {
            if (!isGone(server)) { // else we ended it, and the server is not to blame
                relay.unreachable(e);
                reset(client);
                closeAll();
            }
            return false;
        } catch (InterruptedException e) { // whoever interrupts wants this thread to end
            closeAll();
            return false;
        }
    }

    /** Both sockets are connected: what was decided before the first byte holds from now on. */
    void begin() {
        begun = true;
        afflictions.forEach(affliction -> affliction.begin(toServer, toClient));
    }

    /** One direction has said its last. */
    void ended(Pump pump) {
        over(pump, false);
    }

    /** One direction can't be written any more; the source hears of it once the other one has said its last. */
    void broken(Pump pump) {
        over(pump, true);
    }

    private void over(Pump pump, boolean broken) {
        @Nullable List<Socket> broke;
        lock.lock();
        try {
            if (broken) {
                toBreak.add(pump.source());
            }
            toServerOver |= pump == toServer;
            toClientOver |= pump == toClient;
            broke = toServerOver && toClientOver ? List.copyOf(toBreak) : null;
        } finally {
            lock.unlock();
        }
        if (broke != null) {
            broke.forEach(this::reset);
            closeAll();
        }
    }

    /** No more bytes will be written there. */
    void shutdown(Socket sink) {
        try {
            sink.shutdownOutput();
        } catch (IOException e) { // it is closed already
            relay.notes().debug("end of stream", e);
        }
    }

    /** Closes a socket so that its peer sees a reset. */
    void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) { // it is closed already
            relay.notes().debug("reset", e);
        }
        close(socket);
        if (clientGone && serverGone) { // whatever is still under way, there is nowhere to go
            closeAll();
        }
    }

    /** Resets both sockets. */
    void resetAll() {
        reset(client);
        reset(server);
        closeAll(); // also if it was not open yet
    }

    /** It can't be carried on. */
    void failed(Throwable why) {
        relay.failed(this, why);
    }

    /** Closes both sockets; twice is harmless, and whoever does it can rely on it when this returns. */
    void closeAll() {
        admission.close();
        close(client);
        close(server);
        end(toServer);
        end(toClient);
        relay.forget(this);
    }

    private void end(Pump pump) {
        pump.flow().end();
        relay.guard().unlocked(pump.sluice()::gone);
    }

    /** Under the lock of the relay, or when it is gone from there. */
    void forget() {
        afflictions.forEach(Affliction::forget);
    }

    /** Whether we closed it, or are about to: its reader may hear of that before the socket says so. */
    boolean isGone(Socket socket) {
        return socket == client ? clientGone : serverGone;
    }

    private void close(Socket socket) {
        if (socket == client) {
            clientGone = true;
        } else {
            serverGone = true;
        }
        try {
            socket.close();
        } catch (IOException e) { // nothing can be done, and nobody is left to care
            relay.notes().debug("close", e);
        }
    }
}
