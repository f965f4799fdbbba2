// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.time.Instant;

/**
 * A transaction that was prepared for two-phase commit and not ended yet: a row of {@code pg_prepared_xacts}.
 *
 * <p>It has no session. It holds its locks, and keeps VACUUM back, until somebody says {@code COMMIT PREPARED} or {@code
 * ROLLBACK PREPARED}; a restart does not end it. Every role sees all of them.
 *
 * <pre>{@code
 * assertThat(ServerState.read(bank).prepared()).extracting(PreparedTransaction::gid).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "System Views", pg_prepared_xacts.
 *
 * @param transactionId its number, as in {@code pg_locks}
 * @param gid the name that it was given
 * @param preparedAt when, by the server's clock
 * @param owner the role that prepared it, which alone may end it, besides a superuser
 * @param database where
 * @since 0.1
 */
public record PreparedTransaction(long transactionId, String gid, Instant preparedAt, String owner, String database) {

    String describe(Instant now) {
        return "\"" + gid + "\", prepared by " + owner + " " + Ages.between(preparedAt, now) + " ago, transaction "
                + transactionId;
    }
}
