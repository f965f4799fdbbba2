// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.time.Instant;
import java.util.Optional;

/**
 * A lock that a session holds, or waits for: a row of {@code pg_locks}.
 *
 * <p>A row lock stands in the row itself, not here: who waits for one waits for the transaction that holds it. Times are the
 * server's. Every role sees all of it.
 *
 * <pre>{@code
 * state.locks().stream().filter(lock -> !lock.granted()).map(HeldLock::target);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "System Views", pg_locks.
 *
 * @param pid the process id of the backend
 * @param type {@code relation}, {@code tuple}, {@code transactionid}, {@code advisory} ...
 * @param relation the table or index, qualified where it must be; empty for other types and for other databases
 * @param target what is locked, in words: {@code account}, {@code row (0,1) of account}, {@code transaction 771}, {@code
 *     advisory 42}
 * @param mode {@code RowExclusiveLock}, {@code ShareLock} ...
 * @param granted false for a lock that it waits for
 * @param waitStart since when it waits; the server sets it a moment after the wait began
 * @since 0.1
 */
public record HeldLock(
        int pid,
        String type,
        Optional<String> relation,
        String target,
        String mode,
        boolean granted,
        Optional<Instant> waitStart) {}
