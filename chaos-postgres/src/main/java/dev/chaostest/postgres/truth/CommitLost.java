// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SilentRollback;
import dev.chaostest.postgres.wire.SqlTarget;
import java.time.Duration;

/**
 * Loses a COMMIT, or the news of it, in each of the ways in which that happens.
 *
 * <p>Its caller can't tell most of them apart; {@link Truth} can. The same faults strike at a statement that commits by itself,
 * at {@code PREPARE TRANSACTION} and at {@code COMMIT PREPARED}; {@link #rolledBack} at COMMIT and {@code PREPARE TRANSACTION}.
 *
 * <pre>{@code
 * scope.inject(CommitLost.first(CommitLost.replyLost()));
 * scope.inject(Rule.of(SqlTarget.on("INSERT payment"), Trigger.nth(1), CommitLost.replyLost()));
 * }</pre>
 *
 * @since 0.1
 */
public final class CommitLost {

    private static final String CONNECTION = "08";

    private CommitLost() {}

    /** The connection is lost before it is sent: nothing is committed, and the caller sees 08006. */
    public static Fault neverSent() {
        return new Cut(When.BEFORE);
    }

    /** It is carried out, and the reply is cut: all is committed, and the caller sees 08006. */
    public static Fault replyLost() {
        return new Cut(When.AFTER);
    }

    /**
     * It is carried out, and the reply comes late. A caller that gives up sooner sees 08006, though all is committed.
     *
     * @param after how long the reply is held, positive
     */
    public static Fault acknowledgedLate(Duration after) {
        return new Delay(Length.fixed(after), When.AFTER);
    }

    /**
     * The server rejects it: nothing is committed, and the caller sees why.
     *
     * @param sqlState 40001 for a conflict, 23503 or 23505 for a deferred constraint, 57P01 for a server that shuts down
     * @throws ChaosException if it is of class 08, which no server answers with
     */
    public static Fault rejected(String sqlState) {
        SqlState state = new SqlState(sqlState);
        if (state.category().equals(CONNECTION)) {
            throw new ChaosException("A rejected COMMIT must have an SQLSTATE that the server answers with, but "
                    + state + " is a lost connection. Use CommitLost.neverSent() or CommitLost.replyLost().");
        }
        return ServerError.of(sqlState);
    }

    /**
     * The server answers ROLLBACK, since the transaction has failed unseen: nothing is committed, and the caller sees no error.
     */
    public static Fault rolledBack() {
        return new SilentRollback();
    }

    /** One of these at the first COMMIT of the scope. */
    public static Rule first(Fault fault) {
        return Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), fault);
    }
}
