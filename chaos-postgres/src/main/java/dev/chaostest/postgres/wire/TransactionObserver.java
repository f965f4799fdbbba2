// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.Optional;

/**
 * Hears how each transaction of a mount ended for its client, while a round is armed.
 *
 * <p>So that a transaction can be named, the server is asked for its number, in one write with what the client sends anyway:
 * before the statement that follows the first one that writes, or before the COMMIT; behind a statement that commits by itself,
 * in the same transaction. The client sees nothing of it. ({@code pg_stat_activity} shows the question as the last statement of
 * a session that is idle.)
 *
 * <pre>{@code
 * AutoCloseable observed = mount.follow(end -> ended.add(end));
 * }</pre>
 *
 * @since 0.1
 */
@FunctionalInterface
public interface TransactionObserver {

    /** A transaction has ended. Called on the thread that reads the answer or closes the connection, which must not be made to wait. */
    void ended(TransactionEnd end);

    /**
     * The function that is called in each transaction that writes, just before its end: it leaves a row there and answers with
     * that row's id, a {@code uuid}; without parameters, quoted as SQL wants it. Default: none.
     */
    default Optional<String> marks() {
        return Optional.empty();
    }
}
