// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * What a PostgreSQL was doing at one moment: sessions, locks, and who waited for whom.
 *
 * <p>Holds the sessions of one database, and those of other databases that block or are blocked by one of them; not the one
 * that asked. At most 200 sessions, those that wait or are waited for first, 500 locks and 100 prepared transactions. Any role may ask; what the server
 * hides from it is empty. The statements run in a transaction of their own, which is rolled back, each for at most 2 s. They
 * change nothing and wait for no lock of a table.
 *
 * <pre>{@code
 * ServerState state = ServerState.read(dataSource);
 * assertThat(state.blockings()).as("%s", state.describe()).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Works on PostgreSQL 15 to 18.
 *
 * @param takenAt when, by the server's clock
 * @param version the server's, such as {@code 18.6}
 * @param database whose sessions these are
 * @param role who asked
 * @param isRestricted whether the server hides from that role what other roles do
 * @param isComplete whether there was nothing beyond the limits
 * @param sessions those that wait or are waited for first
 * @param locks of these sessions, those that are waited for first
 * @param prepared the prepared transactions of this database, the oldest first
 * @since 0.1
 */
public record ServerState(
        Instant takenAt,
        String version,
        String database,
        String role,
        boolean isRestricted,
        boolean isComplete,
        List<Activity> sessions,
        List<HeldLock> locks,
        List<PreparedTransaction> prepared) {

    public ServerState {
        sessions = List.copyOf(sessions);
        locks = List.copyOf(locks);
        prepared = List.copyOf(prepared);
    }

    /**
     * Reads it over a new connection, which is closed again.
     *
     * @param source one that answers soon, or not at all: connecting has no deadline of its own here
     * @throws SQLException what the driver says; 57014 if the server took too long
     */
    public static ServerState read(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return read(connection);
        }
    }

    /**
     * Reads it over a connection of the caller's, which is left as it was. Within a transaction it leaves no trace but the
     * locks on the catalog that any statement takes.
     *
     * @throws SQLException what the driver says; 57014 if the server took too long, 25P02 if the caller's transaction has
     *     failed already
     */
    public static ServerState read(Connection connection) throws SQLException {
        return Snapshot.read(connection);
    }

    /** Who waits for whom, in the order of the sessions. */
    public List<Blocking> blockings() {
        return sessions.stream()
                .flatMap(session -> session.blockedBy().stream().map(by -> new Blocking(session.pid(), by)))
                .toList();
    }

    /** The same as a graph: cycles, the longest chain, drawings. */
    public WaitGraph waitGraph() {
        return new WaitGraph(this);
    }

    /** The sessions with an open transaction in which they do nothing, the one that began first in front. */
    public List<Activity> idleInTransaction() {
        return sessions.stream()
                .filter(Activity::isIdleInTransaction)
                .sorted(Comparator.comparing(
                        session -> session.transactionStart().orElse(takenAt)))
                .toList();
    }

    /**
     * The sessions with a snapshot in a transaction that is at least so old: they keep VACUUM from removing what was deleted
     * since. The oldest in front.
     *
     * @param atLeast not negative
     */
    public List<Activity> longSnapshots(Duration atLeast) {
        return sessions.stream()
                .filter(session -> session.backendXmin().isPresent())
                .filter(session -> session.transactionStart()
                        .filter(start -> Duration.between(start, takenAt).compareTo(atLeast) >= 0)
                        .isPresent())
                .sorted(Comparator.comparing(
                        session -> session.transactionStart().orElse(takenAt)))
                .toList();
    }

    /** The same, of the sessions that call themselves so. A name is no proof: other sessions may have it, too. */
    public ServerState ofApplication(String name) {
        return of(session -> session.application().equals(name));
    }

    /** The same, of the sessions with these process ids. */
    public ServerState ofPids(Set<Integer> pids) {
        return of(session -> pids.contains(session.pid()));
    }

    private ServerState of(Predicate<Activity> wanted) {
        List<Activity> rest = sessions.stream().filter(wanted).toList();
        Set<Integer> pids = rest.stream().map(Activity::pid).collect(Collectors.toSet());
        List<HeldLock> their =
                locks.stream().filter(lock -> pids.contains(lock.pid())).toList();
        return new ServerState(takenAt, version, database, role, isRestricted, isComplete, rest, their, prepared);
    }

    /** The session of this process id. */
    public Optional<Activity> session(int pid) {
        return sessions.stream().filter(session -> session.pid() == pid).findFirst();
    }

    /** The locks that this session holds or waits for. */
    public List<HeldLock> locksOf(int pid) {
        return locks.stream().filter(lock -> lock.pid() == pid).toList();
    }

    /** Everything, in aligned lines with headings, who waits for whom first. */
    public List<String> describe() {
        return Stream.of(
                        Stream.of("Who waits for whom"),
                        indented(describeWaits(Set.of())),
                        Stream.of("", "Sessions"),
                        indented(describeSessions(Set.of())),
                        Stream.of("", "Locks"),
                        indented(describeLocks()),
                        prepared.isEmpty() ? Stream.<String>empty() : Stream.of("", "Prepared transactions"),
                        indented(prepared.stream()
                                .map(each -> each.describe(takenAt))
                                .toList()))
                .flatMap(lines -> lines)
                .toList();
    }

    private static Stream<String> indented(List<String> lines) {
        return lines.stream().map(line -> "  " + line);
    }

    /**
     * Who waits for whom, as chains: each begins with a session for which nobody waits.
     *
     * @param own the process ids whose chains come first
     */
    public List<String> describeWaits(Set<Integer> own) {
        return waitGraph().lines(own);
    }

    /**
     * The sessions in aligned columns.
     *
     * @param own the process ids to mark with a star
     */
    public List<String> describeSessions(Set<Integer> own) {
        return SessionTable.lines(this, own);
    }

    /** The locks in aligned columns. */
    public List<String> describeLocks() {
        return LockTable.lines(this);
    }
}
