// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.wire.WireSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** One search for residue: asks until nothing is left, or until everything that is left has had its time. */
final class ResidueSearch {

    /** Code that was told of a result a moment before its own {@code finally} ran has left nothing. */
    private static final Duration GRACE = Duration.ofMillis(500);

    /** A backend that reads its connection ends soon; on a loaded machine that takes as long as it takes. */
    private static final Duration ENDING = Duration.ofSeconds(20);

    /** One that runs a statement, or waits for a lock, does not read it. */
    private static final Duration RUNNING = Duration.ofSeconds(2);

    /** One whose connection we have cut. */
    private static final Duration CUT = Duration.ofMillis(100);

    private static final long PAUSE_NANOS = 100_000;
    private static final long PAUSE_MAX_NANOS = 10_000_000;

    private final ResidueCheck check;
    private final Connection connection;
    private final boolean closed;
    private final Set<Integer> except;
    private final long begun = System.nanoTime();
    private final Set<Long> ended = new HashSet<>();

    /**
     * @param closed whether every connection must be closed
     * @param except process ids of sessions that may hold something
     */
    ResidueSearch(ResidueCheck check, Connection connection, boolean closed, Set<Integer> except) {
        this.check = check;
        this.connection = connection;
        this.closed = closed;
        this.except = except;
    }

    /** What is left, in the order of the process ids; prepared transactions last. */
    List<Finding> run() throws SQLException {
        long pause = PAUSE_NANOS;
        while (true) {
            List<Finding> found = look();
            Duration waited = waited();
            if (found.stream().allMatch(each -> each.patience().compareTo(waited) <= 0)
                    || Thread.currentThread().isInterrupted()) {
                return found;
            }
            LockSupport.parkNanos(pause); // the server does not tell when a backend ends
            pause = Math.min(2 * pause, PAUSE_MAX_NANOS);
        }
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private List<Finding> look() throws SQLException {
        List<Finding> found = new ArrayList<>();
        List<WireSession> sessions = check.sessions().stream()
                .filter(session -> closed || !except.contains(session.pid()))
                .toList();
        if (closed) {
            sessions.stream()
                    .filter(session -> session.isAbandoned() && !check.before().wasOpen(session))
                    .forEach(session -> found.add(Finding.abandoned(session)));
        }
        if (!sessions.isEmpty()) {
            List<OwnSession> there = OwnSessionsQuery.run(connection, sessions);
            for (OwnSession each : there) {
                if (!each.wire().isOpen()) {
                    found.add(withoutConnection(each));
                }
            }
            List<OwnSession> open =
                    there.stream().filter(each -> each.wire().isOpen()).toList();
            held(withLocks(connection, open), found);
        }
        Duration age = Duration.ofNanos(System.nanoTime() - check.begun());
        PreparedResidue.run(connection, check.prepared(), age).forEach(left -> found.add(Finding.prepared(left)));
        return found;
    }

    static List<OwnSession> withLocks(Connection connection, List<OwnSession> sessions) throws SQLException {
        if (sessions.isEmpty()) {
            return sessions;
        }
        List<HeldLock> locks = LockQuery.run(
                connection, sessions.stream().map(OwnSession::activity).toList());
        return sessions.stream()
                .map(session -> session.with(locks.stream()
                        .filter(lock -> lock.pid() == session.wire().pid())
                        .toList()))
                .toList();
    }

    private Finding withoutConnection(OwnSession session) throws SQLException {
        boolean runs = session.isInTransaction() && !session.activity().isIdleInTransaction();
        if (runs && session.wire().isCut() && CUT.compareTo(waited()) <= 0) {
            if (ended.add(session.wire().number())) {
                BackendEnd.of(connection, session.activity());
            }
            return new Finding(session.backend(), session, ENDING);
        }
        return new Finding(session.backend(), session, runs ? RUNNING : ENDING);
    }

    private void held(List<OwnSession> open, List<Finding> found) throws SQLException {
        Set<Integer> idle = new HashSet<>();
        for (OwnSession session : open) {
            List<Residue> left = session.isInTransaction() ? transaction(session) : advisory(session);
            left.forEach(each -> found.add(new Finding(each, session, GRACE)));
            if (closed && left.isEmpty() && !check.before().wasOpen(session.wire())) {
                found.add(new Finding(session.connection(), session, GRACE));
            } else if (!session.isInTransaction()) {
                idle.add(session.wire().pid());
            }
        }
        if (!closed) {
            temporary(open, idle, found);
        }
    }

    private List<Residue> transaction(OwnSession session) {
        return check.before().hadTransaction(session) ? List.of() : List.of(session.transaction());
    }

    private List<Residue> advisory(OwnSession session) {
        return session.advisoryLocks().stream()
                .filter(lock -> !check.before().had(session, lock.target()))
                .map(session::advisory)
                .toList();
    }

    private void temporary(List<OwnSession> open, Set<Integer> idle, List<Finding> found) throws SQLException {
        Map<Integer, OwnSession> byPid =
                open.stream().collect(Collectors.toMap(each -> each.wire().pid(), each -> each));
        TemporaryQuery.run(connection, idle).forEach((pid, relations) -> {
            OwnSession session = byPid.get(pid);
            if (session != null) {
                relations.stream()
                        .filter(relation -> !check.before().had(session, relation))
                        .forEach(relation -> found.add(new Finding(session.temporary(relation), session, GRACE)));
            }
        });
    }

    /**
     * Something that is left now.
     *
     * @param patience how long it may be there
     */
    record Finding(
            Residue residue,
            Optional<WireSession> session,
            Optional<Activity> backend,
            Optional<String> gid,
            Duration patience) {

        Finding(Residue residue, OwnSession session, Duration patience) {
            this(residue, Optional.of(session.wire()), Optional.of(session.activity()), Optional.empty(), patience);
        }

        /** Of which nothing is left on the server, as the collector happened to come by. */
        static Finding abandoned(WireSession session) {
            String what = "a connection"
                    + session.openedBy().map(by -> " that was opened by " + by).orElse("") + " (pid " + session.pid()
                    + ") and never closed: the driver did, when nobody held it any more";
            Residue residue = new Residue(Residue.Kind.CONNECTION, session.pid(), what);
            return new Finding(residue, Optional.of(session), Optional.empty(), Optional.empty(), Duration.ZERO);
        }

        static Finding prepared(PreparedResidue left) {
            return new Finding(left.residue(), Optional.empty(), Optional.empty(), Optional.of(left.gid()), GRACE);
        }

        /** Ends it, so that it does not hurt who comes next. */
        void end(Connection connection) throws SQLException {
            if (backend.isPresent()) {
                BackendEnd.of(connection, backend.get());
            } else if (gid.isPresent()) {
                PreparedResidue.rollBack(connection, gid.get());
            }
        }
    }
}
