// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The sessions of one mount, by what a cancel request names them, and what they left for others to end; safe for use by many
 * threads. Those that have ended are remembered, too, since their backends may live on: the last {@value #ENDED_MAX}.
 */
final class Backends {

    private static final int ENDED_MAX = 1_000;
    private static final int PREPARED_MAX = 1_000;

    private final Map<BackendKey, Served> open = new ConcurrentHashMap<>();
    private final Deque<Served> ended = new ArrayDeque<>();
    private final Set<String> prepared = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();

    void opened(BackendKey key, Session session, Optional<String> by) {
        open.put(key, new Served(numbers.incrementAndGet(), key, session, System.nanoTime(), by));
    }

    void closed(BackendKey key, Session session) {
        Served served = open.get(key);
        if (served != null && served.session == session && open.remove(key, served)) {
            synchronized (ended) {
                ended.addLast(served);
                if (ended.size() > ENDED_MAX) {
                    ended.removeFirst();
                }
            }
        }
    }

    Optional<Session> find(BackendKey key) {
        return Optional.ofNullable(open.get(key)).map(Served::session);
    }

    /** The processes that serve them. */
    List<Integer> pids() {
        return open.keySet().stream().map(BackendKey::pid).sorted().toList();
    }

    /** Those that are open, and those that have ended lately; in the order in which they were opened. */
    List<WireSession> sessions() {
        List<WireSession> past;
        synchronized (ended) {
            past = ended.stream().map(each -> each.seen(false)).toList();
        }
        return Stream.concat(past.stream(), open.values().stream().map(each -> each.seen(true)))
                .sorted((one, other) -> Long.compare(one.number(), other.number()))
                .toList();
    }

    /** The server said that it has prepared it. */
    void prepared(String gid) {
        if (prepared.size() < PREPARED_MAX) {
            prepared.add(gid);
        }
    }

    Set<String> prepared() {
        return Set.copyOf(prepared);
    }

    /** @param since when the server told its key, by System.nanoTime */
    private record Served(long number, BackendKey key, Session session, long since, Optional<String> by) {
        WireSession seen(boolean isOpen) {
            Duration age = Duration.ofNanos(System.nanoTime() - since);
            return new WireSession(number, key.pid(), age, isOpen, session.wasCut(), session.isAbandoned(), by);
        }
    }
}
