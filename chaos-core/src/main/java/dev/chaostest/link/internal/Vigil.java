// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.LinkClients;
import dev.chaostest.mount.Round;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then, while a round is armed, whether a client waits without end for what a fault keeps, and ends that.
 *
 * <p>By the machine's time: clients' own time-outs go by it, whatever the round does. Each look has a thread of the link's for a
 * moment, since it takes locks, which no timer may.
 */
final class Vigil {

    /** In the longest wait; so one may take that much longer. */
    private static final int LOOKS = 9;

    private static final Duration LEAST = Duration.ofMillis(1);

    /** A wait that goes on: nothing was said or heard, and what is wrong is what was. */
    private record Wait(String why, Seen seen, long said, long heard) {}

    private record Since(Wait what, long nanos) {}

    private final Relay relay;
    private final TimeSource time;
    private volatile LinkClients clients = LinkClients.unknown();
    private @Nullable Watch current;

    Vigil(Relay relay, TimeSource time) {
        this.relay = relay;
        this.time = time;
    }

    void clients(LinkClients known) {
        clients = known;
    }

    /** Watches in a round, and no longer in the one before; under the lock of the relay. */
    void begin(Round round) {
        end();
        if (round.wouldStrike() == null) {
            current = new Watch(round);
            current.lookLater();
        }
    }

    /** Watches no longer; under the lock of the relay. */
    void end() {
        if (current != null) {
            current.timer.cancel(false);
            current = null;
        }
    }

    /** The waits of one round. */
    private final class Watch implements Runnable {

        private final Round round;
        private CompletableFuture<Void> timer = new CompletableFuture<>();

        /** For the thread that looks; only one does at a time. */
        private final Map<Connection, Since> waits = new HashMap<>();

        private final Set<String> found = new HashSet<>();

        Watch(Round round) {
            this.round = round;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // what follows a timer that is taken back is not wanted
        private void lookLater() {
            Duration pause = limit().dividedBy(LOOKS);
            timer = time.timer(pause.compareTo(LEAST) < 0 ? LEAST : pause);
            timer.thenRun(() -> relay.look(this));
        }

        /** Whoever let one client wait too long may let the next one, too: the test is red anyway. */
        private Duration limit() {
            Duration limit = round.linkPatience().limit();
            return found.isEmpty() || limit.compareTo(round.patience()) < 0 ? limit : round.patience();
        }

        @Override
        public void run() {
            List<Seen> all = relay.seen(round);
            waits.keySet().retainAll(all.stream().map(Seen::connection).toList());
            all.forEach(this::look);
            relay.guard().locked(() -> {
                if (current == this && relay.isWatched(round)) {
                    lookLater();
                }
            });
        }

        private void look(Seen seen) {
            Connection connection = seen.connection();
            Talk talk = connection.waiting().talk();
            long said = talk.said();
            long heard = talk.heard();
            String why = round.linkPatience().isSuspended() ? null : seen.because();
            if (why == null) {
                waits.remove(connection);
                return;
            }
            Wait now = new Wait(why, seen, said, heard);
            Since since = waits.get(connection);
            if (since == null || !since.what.equals(now)) {
                waits.put(connection, new Since(now, time.nanos()));
                return;
            }
            Duration waited = Duration.ofNanos(time.nanos() - since.nanos);
            if (waited.compareTo(limit()) >= 0 && !clients.giveUp(connection.peer(), waited, heard == 0)) {
                end(connection, why);
            }
        }

        /** Told before it is done: whoever is freed may look at once. */
        private void end(Connection connection, String why) {
            relay.note("link " + relay.name() + " ended the " + connection.text() + ", which waited in vain");
            if (!why.equals(Sluice.HOLD) && found.add(why)) {
                round.found(clients.finding(relay.name(), round.linkPatience().limit(), why));
            }
            connection.giveUp();
        }
    }
}
