// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one session is doing: a row of {@code pg_stat_activity}.
 *
 * <p>Times are the server's. A role sees process id, database, user and application of every session; the rest of another
 * role's session only as a member of {@code pg_read_all_stats}: it is empty otherwise, and {@link #isHidden} says so. Who is
 * blocked by whom is always shown.
 *
 * <pre>{@code
 * state.session(pid).filter(session -> session.waitEventType().equals(Optional.of("Lock")));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "The Cumulative Statistics System".
 *
 * @param pid the process id of the backend
 * @param backendStart when it connected; together with the pid it names one session for good
 * @param database the database, empty for a session without one
 * @param user the role that logged in
 * @param application its {@code application_name}, as the session set it
 * @param backendType {@code client backend}, {@code autovacuum worker} ...
 * @param state {@code active}, {@code idle}, {@code idle in transaction} ...
 * @param stateChange since when it is in that state
 * @param waitEventType what kind of thing it waits for: {@code Lock}, {@code Client}, {@code IO} ...
 * @param waitEvent what it waits for
 * @param transactionStart when its transaction began, if one is open
 * @param queryStart when its statement began; for an idle session, its last one
 * @param query the statement, at most {@value #QUERY_MAX} characters of it, passwords taken out; for an idle session, its
 *     last one
 * @param backendXid the number of its transaction, once that has written
 * @param backendXmin the oldest transaction that its snapshot may still need: what ended since, VACUUM can't remove
 * @param blockedBy for whom it waits, see {@link Blocking}
 * @since 0.1
 */
public record Activity(
        int pid,
        Optional<Instant> backendStart,
        String database,
        String user,
        String application,
        Optional<String> backendType,
        Optional<String> state,
        Optional<Instant> stateChange,
        Optional<String> waitEventType,
        Optional<String> waitEvent,
        Optional<Instant> transactionStart,
        Optional<Instant> queryStart,
        String query,
        Optional<Long> backendXid,
        Optional<Long> backendXmin,
        List<Integer> blockedBy) {

    /** How much of a statement is kept, in characters. */
    public static final int QUERY_MAX = 1_000;

    public Activity {
        blockedBy = List.copyOf(blockedBy);
    }

    /** Whether the server kept the details from the role that asked. */
    public boolean isHidden() {
        return backendType.isEmpty();
    }

    /** Whether it has an open transaction in which it does nothing now, also in one that has failed. */
    public boolean isIdleInTransaction() {
        return state.filter(now -> now.startsWith("idle in transaction")).isPresent();
    }

    /** Whether it waits for another session. */
    public boolean isBlocked() {
        return !blockedBy.isEmpty();
    }
}
