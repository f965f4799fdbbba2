// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.WireSession;
import dev.chaostest.postgres.wire.protocol.internal.BackendKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The sessions of one mount, by what a cancel request names them, and what they left for others to end; safe for use by many
 * threads. Those that have ended are remembered, too, since their backends may live on: the last {@value #ENDED_MAX}.
 */
public final class Backends {

    private static final int ENDED_MAX = 1_000;
    private static final int PREPARED_MAX = 1_000;

    private final Function<BackendKey, Optional<Session>> elsewhere;
    private final Map<BackendKey, Served> open = new ConcurrentHashMap<>();
    private final Deque<Ended> ended = new ArrayDeque<>();
    private final Set<String> prepared = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();

    /** @param elsewhere finds a session of any mount */
    public Backends(Function<BackendKey, Optional<Session>> elsewhere) {
        this.elsewhere = elsewhere;
    }

    void opened(BackendKey key, Session session, Optional<String> by) {
        open.put(key, new Served(numbers.incrementAndGet(), key, session, System.nanoTime(), by));
    }

    void closed(BackendKey key, Session session) {
        synchronized (ended) { // at each moment it is among the one or the others
            Served served = open.get(key);
            if (served != null && served.session == session && open.remove(key, served)) {
                ended.addLast(served.end());
                if (ended.size() > ENDED_MAX) {
                    ended.removeFirst();
                }
            }
        }
    }

    public Optional<Session> find(BackendKey key) {
        return Optional.ofNullable(open.get(key)).map(Served::session);
    }

    /** One of another mount, for instance where the cancel request came another way than the session. */
    Optional<Session> findElsewhere(BackendKey key) {
        return elsewhere.apply(key);
    }

    /** The processes that serve them. */
    public List<Integer> pids() {
        return open.keySet().stream().map(BackendKey::pid).sorted().toList();
    }

    /** Those that are open, and those that have ended lately; in the order in which they were opened. */
    public List<WireSession> sessions() {
        synchronized (ended) {
            return Stream.concat(
                            ended.stream().map(Ended::seen),
                            open.values().stream().map(Served::seen))
                    .sorted((one, other) -> Long.compare(one.number(), other.number()))
                    .toList();
        }
    }

    /** The server said that it has prepared it. */
    void prepared(String gid) {
        if (prepared.size() < PREPARED_MAX) {
            prepared.add(gid);
        }
    }

    public Set<String> prepared() {
        return Set.copyOf(prepared);
    }

    /** @param since when the server told its key, by System.nanoTime */
    private record Served(long number, BackendKey key, Session session, long since, Optional<String> by) {
        WireSession seen() {
            return new WireSession(
                    number, key.pid(), ageSince(since), true, session.wasCut(), session.isAbandoned(), by);
        }

        /** Without the session, which knows its statements: many that have ended are kept. */
        Ended end() {
            return new Ended(number, key.pid(), since, session.wasCut(), session.isAbandoned(), by);
        }
    }

    private record Ended(long number, int pid, long since, boolean isCut, boolean isAbandoned, Optional<String> by) {
        WireSession seen() {
            return new WireSession(number, pid, ageSince(since), false, isCut, isAbandoned, by);
        }
    }

    private static Duration ageSince(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
