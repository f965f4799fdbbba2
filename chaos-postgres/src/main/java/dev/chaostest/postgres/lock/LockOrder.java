// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;

/**
 * The order in which one session takes two locks: the first, and the one that it asks for while others wait for the first.
 *
 * <pre>{@code
 * LockOrder ours = LockOrder.first(LockRequest.row("account", "id", 2)).then(LockRequest.row("account", "id", 1));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param first what it holds
 * @param then what it asks for when the other one is blocked
 * @since 0.1
 */
public record LockOrder(LockRequest first, LockRequest then) {

    /**
     * @throws ChaosException if one of them is no lock that others wait for, or does not end with its transaction
     */
    public LockOrder {
        require(first);
        require(then);
    }

    private static void require(LockRequest request) {
        if (!request.isWaitedFor()) {
            throw new ChaosException("A lock of a deadlock must be one that others wait for, but nobody ever waits for "
                    + request + ". Use a row, a table or an advisory key.");
        }
        if (!request.endsWithTransaction()) {
            throw new ChaosException(
                    "A lock of a deadlock must end with its transaction, or the survivor waits for ever, but " + request
                            + " does not. Leave forSession() out.");
        }
    }

    /** The lock that a session takes first; say {@link First#then} next. */
    public static First first(LockRequest first) {
        return new First(first);
    }

    /** The same locks in the opposite order. */
    public LockOrder reversed() {
        return new LockOrder(then, first);
    }

    /**
     * Half an order.
     *
     * @param lock the one that is taken first
     */
    public record First(LockRequest lock) {
        /** The lock that it asks for then. */
        public LockOrder then(LockRequest then) {
            return new LockOrder(lock, then);
        }
    }

    @Override
    public String toString() {
        return first + ", then " + then;
    }
}
