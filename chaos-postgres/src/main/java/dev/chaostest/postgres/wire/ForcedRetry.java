// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;

/**
 * Has the next transactions fail with 40001, so that the code under test must run them again.
 *
 * <p>The server raises it: the transaction is really aborted, and nothing of it is committed. The caller sees its driver's own
 * exception. Counted are the transactions of all connections together, in the order in which they come; {@link
 * Rule#perLane} has each worker or connection fail so often. What counts as a transaction says {@link TransactionTarget};
 * a statement that commits by itself does not, since nobody can run it again as one.
 *
 * <p>CockroachDB has the same as {@code inject_retry_errors_enabled}; there the server counts for each transaction.
 *
 * <pre>{@code
 * scope.inject(ForcedRetry.times(3));
 * service.transfer(1, 2, 100);            // three attempts fail, the fourth commits
 * scope.verify();                         // red if there were fewer than three
 * }</pre>
 *
 * @since 0.1
 */
public final class ForcedRetry {

    private static final String SERIALIZATION_FAILURE = "40001";
    private static final int MOST = 1_000_000;

    private ForcedRetry() {}

    /**
     * At the first statement of each of the next transactions.
     *
     * @param transactions how many, at most {@value #MOST}; 0 does nothing, and is not missed
     * @throws ChaosException if that is out of range
     */
    public static Rule times(int transactions) {
        return rule(TransactionTarget.explicit(), transactions);
    }

    /**
     * At COMMIT: all statements of the transaction have succeeded. The session is idle then, as after a real failure there.
     * A transaction that is rolled back is not counted.
     *
     * @param transactions how many, at most {@value #MOST}; 0 does nothing, and is not missed
     * @throws ChaosException if that is out of range
     */
    public static Rule atCommit(int transactions) {
        return rule(SqlTarget.on("COMMIT"), transactions);
    }

    private static Rule rule(Target target, int transactions) {
        if (transactions < 0 || transactions > MOST) {
            throw new ChaosException("A forced retry must be for 0 to " + MOST + " transactions, but was for "
                    + transactions + ". To have each one fail, use Trigger.always() with ServerError.of(\"40001\").");
        }
        Trigger trigger = transactions == 0 ? Trigger.probability(0) : Trigger.first(transactions);
        return Rule.of(target, trigger, ServerError.of(SERIALIZATION_FAILURE));
    }
}
