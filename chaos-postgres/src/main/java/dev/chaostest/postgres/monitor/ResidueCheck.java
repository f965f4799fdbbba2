// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks what the sessions of one DataSource have left on the server: open transactions with their locks, advisory locks,
 * prepared transactions, backends that run on without a connection, temporary objects, connections.
 *
 * <p>Only sessions that passed the DataSource's wire seam since {@link #begin} count, by process id and age, and only
 * transactions that they prepared: whatever others do on the server is none of its business. What a session held before is not
 * told, nor what ends within half a second by itself; a backend has 20 s to end behind its connection, and 2 s if it runs a
 * statement. One whose connection a fault of ours has cut is ended, not told. Where nothing was opened, the server is not
 * asked.
 *
 * <p>Limits: temporary objects are found from PostgreSQL 16 on. A role that may not see other roles' sessions finds their
 * transactions and locks, but not their statements, nor their backends once the connection is closed. A pool that the
 * application's own background work uses, too, is told of that work's transactions as well, if they last. If the server can't
 * be asked, nothing is told but in the log.
 *
 * <pre>{@code
 * try (ResidueCheck check = ResidueCheck.begin("transfer", WireMount.of("bank"), admin)) {
 *     new TransferService(bank).transfer(1, 2, 100);
 *     bank.close();
 * } // throws if something is left
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ResidueCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResidueCheck.class);

    private final String who;
    private final WireMount wire;
    private final DataSource admin;
    private final Baseline before;
    private final long begun = System.nanoTime();
    /** The sessions that have been told of: one thing, one sentence. */
    private final Set<Long> told = ConcurrentHashMap.newKeySet();

    private final Set<String> toldPrepared = ConcurrentHashMap.newKeySet();
    private volatile boolean hasFound;

    private ResidueCheck(String who, WireMount wire, DataSource admin, Baseline before) {
        this.who = who;
        this.wire = wire;
        this.admin = admin;
        this.before = before;
    }

    /**
     * Begins. Costs a query if the DataSource has open connections already, else nothing.
     *
     * @param who what the message calls the one that leaves something: the test's name
     * @param wire the seam of the DataSource
     * @param admin connects past this seam, to the same database; asked for one connection at a time
     */
    public static ResidueCheck begin(String who, WireMount wire, DataSource admin) {
        return new ResidueCheck(who, wire, admin, Baseline.of(wire, admin));
    }

    /**
     * What is left where every connection must be closed. What is found is not told again.
     *
     * @return empty if nothing is, or if the server can't be asked
     */
    public List<Residue> find() {
        return find(true, Set.of(), false);
    }

    /**
     * What is left where connections stay open, idle, in a pool: transactions, advisory locks, temporary objects, besides
     * prepared transactions and backends without a connection.
     *
     * @param except process ids of sessions that may hold something
     */
    public List<Residue> findHeld(Set<Integer> except) {
        return find(false, except, false);
    }

    /** As {@link #findHeld}, of all sessions, and what is found is ended, so that it does not hurt who comes next. */
    public List<Residue> endHeld() {
        return find(false, Set.of(), true);
    }

    /**
     * Insists that a pool's sessions hold nothing; before the pool is closed, if it is.
     *
     * @param except process ids of sessions that may hold something
     * @throws ChaosException if one does, naming each thing and what to do
     */
    public void verifyHeld(Set<Integer> except) {
        refuse(find(false, except, false));
    }

    /**
     * Insists that nothing is left and that every connection is closed. What is left all the same is ended: backends are
     * terminated, prepared transactions are rolled back. Twice is harmless.
     *
     * @throws ChaosException if something was left, naming each thing and what to do
     */
    @Override
    public void close() {
        refuse(find(true, Set.of(), true));
    }

    /** Whether something has been found so far. */
    public boolean hasFound() {
        return hasFound;
    }

    private void refuse(List<Residue> left) {
        if (!left.isEmpty()) {
            throw new ChaosException(message(left));
        }
    }

    private String message(List<Residue> left) {
        String kinds = left.stream().map(each -> each.kind().noun()).distinct().collect(Collectors.joining(" and "));
        return "\"" + who + "\" must leave nothing on the server, but left " + kinds + ". End what it began."
                + left.stream()
                        .map(each -> "\n  left     : " + each.what() + "\n  do       : "
                                + each.kind().advice())
                        .collect(Collectors.joining());
    }

    private List<Residue> find(boolean closed, Set<Integer> except, boolean ends) {
        if (sessions().isEmpty() && prepared().isEmpty()) {
            return List.of();
        }
        try (Connection connection = admin.getConnection()) {
            ResidueSearch search = new ResidueSearch(this, connection, closed, except);
            List<ResidueSearch.Finding> found = search.run();
            found.forEach(this::tell);
            if (ends) {
                found.forEach(each -> end(each, connection));
            }
            return found.stream().map(ResidueSearch.Finding::residue).toList();
        } catch (SQLException e) {
            LOG.warn("What {} left on the server could not be looked at: {}", who, e.getMessage());
            return List.of();
        }
    }

    /** What can't be ended is told all the same. */
    private void end(ResidueSearch.Finding found, Connection connection) {
        try {
            found.end(connection);
            found.gid().ifPresent(toldPrepared::remove); // another one may have the same name
        } catch (SQLException e) {
            LOG.warn("What was left could not be ended: {}: {}", found.residue(), e.getMessage());
        }
    }

    private void tell(ResidueSearch.Finding found) {
        hasFound = true;
        found.session()
                .ifPresentOrElse(
                        session -> told.add(session.number()),
                        () -> toldPrepared.add(found.gid().orElseThrow()));
    }

    Baseline before() {
        return before;
    }

    long begun() {
        return begun;
    }

    /** Those that count now. */
    List<WireSession> sessions() {
        return wire.sessions().stream()
                .filter(session -> !before.hadEnded(session) && !told.contains(session.number()))
                .toList();
    }

    /** The names of prepared transactions that count. */
    Set<String> prepared() {
        Set<String> names = new HashSet<>(wire.prepared());
        names.removeAll(before.prepared());
        names.removeAll(toldPrepared);
        return names;
    }

    @Override
    public String toString() {
        return "residue check of " + who;
    }
}
