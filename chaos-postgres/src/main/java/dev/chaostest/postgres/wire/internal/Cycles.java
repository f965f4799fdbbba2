// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

/**
 * Counts what the client said that is answered by a ReadyForQuery, and those answers: so each is known by its number. What a
 * seam asks by itself does not count.
 */
final class Cycles {

    private final Replies replies;
    private long begun;
    private long answered;
    private boolean healthy;

    Cycles(Replies replies) {
        this.replies = replies;
    }

    /** The number of the one that the client's next Sync or query string ends. */
    long next() {
        return begun + 1;
    }

    /** That Sync, or that query string, is sent; its number. */
    long begin() {
        return ++begun;
    }

    /** The server is ready again; answers whether that is for the client to know. */
    boolean isAnswered(Expected expected, byte status) {
        healthy = status == 'T';
        if (expected.kind() == Expected.Kind.STARTUP || !expected.shown().isReadyShown()) {
            return false;
        }
        answered = replies.first() == null ? begun : answered + 1;
        return true;
    }

    /** Whether the server has answered this one. */
    boolean isOver(long cycle) {
        return cycle <= answered;
    }

    /** Whether what the server says now is about this one. */
    boolean isNow(long cycle) {
        return cycle == answered + 1;
    }

    /** Whether nothing is on its way about which the server has not said how it went. */
    boolean isQuiet() {
        return begun == answered || replies.first() == null;
    }

    /** Whether a transaction is open that has not failed, and nothing is on its way that could make it fail. */
    boolean isHealthy() {
        return healthy && begun == answered;
    }

    /** The transaction is made to fail. */
    void spoil() {
        healthy = false;
    }
}
