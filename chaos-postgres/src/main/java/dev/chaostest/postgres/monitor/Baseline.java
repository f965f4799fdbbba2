// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sessions of a DataSource held before a check began.
 *
 * @param ended the numbers of the sessions that had ended
 * @param open the numbers of the sessions that were open
 * @param prepared the names of transactions that they had prepared
 * @param transactions when the transactions that were open had begun, by process id
 * @param held advisory locks and temporary objects, each with its process id
 */
record Baseline(
        Set<Long> ended, Set<Long> open, Set<String> prepared, Map<Integer, Instant> transactions, Set<String> held) {

    private static final Logger LOG = LoggerFactory.getLogger(Baseline.class);

    static Baseline of(WireMount wire, DataSource admin) {
        List<WireSession> sessions = wire.sessions();
        Map<Boolean, Set<Long>> numbers = sessions.stream()
                .collect(Collectors.partitioningBy(
                        WireSession::isOpen, Collectors.mapping(WireSession::number, Collectors.toSet())));
        Baseline nothing = new Baseline(
                numbers.getOrDefault(false, Set.of()),
                numbers.getOrDefault(true, Set.of()),
                wire.prepared(),
                Map.of(),
                Set.of());
        List<WireSession> open = sessions.stream().filter(WireSession::isOpen).toList();
        if (open.isEmpty()) {
            return nothing;
        }
        try (Connection connection = admin.getConnection()) {
            return nothing.with(connection, open);
        } catch (SQLException e) {
            LOG.warn("What the sessions of {} hold could not be looked at: {}", wire, e.getMessage());
            return nothing;
        }
    }

    private Baseline with(Connection connection, List<WireSession> sessions) throws SQLException {
        Map<Integer, Instant> begun = new HashMap<>();
        Set<String> had = new HashSet<>();
        List<OwnSession> found = ResidueSearch.withLocks(connection, OwnSessionsQuery.run(connection, sessions));
        for (OwnSession session : found) {
            session.activity()
                    .transactionStart()
                    .ifPresent(start -> begun.put(session.wire().pid(), start));
            session.advisoryLocks().forEach(lock -> had.add(key(session, lock.target())));
        }
        Set<Integer> pids = found.stream().map(each -> each.wire().pid()).collect(Collectors.toSet());
        TemporaryQuery.run(connection, pids)
                .forEach((pid, relations) -> relations.forEach(each -> had.add(pid + " " + each)));
        return new Baseline(ended, this.open, prepared, begun, had);
    }

    boolean hadEnded(WireSession session) {
        return ended.contains(session.number());
    }

    boolean wasOpen(WireSession session) {
        return open.contains(session.number());
    }

    /** Whether its open transaction was there before. */
    boolean hadTransaction(OwnSession session) {
        return session.activity()
                .transactionStart()
                .filter(start -> start.equals(transactions.get(session.wire().pid())))
                .isPresent();
    }

    /** Whether it held this before. */
    boolean had(OwnSession session, String what) {
        return held.contains(key(session, what));
    }

    private static String key(OwnSession session, String what) {
        return session.wire().pid() + " " + what;
    }
}
