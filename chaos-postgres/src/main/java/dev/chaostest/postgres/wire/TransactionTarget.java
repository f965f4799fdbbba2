// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.wire.internal.TransactionPlace;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;

/**
 * The first statement of each transaction: a rule there counts transactions, not statements.
 *
 * <p>A transaction counts with its first statement that works: SET, SHOW, RESET and savepoints don't, nor what driver and
 * pool send by themselves. Reading counts like writing. A transaction that was open when the scope was armed is not counted.
 *
 * <pre>{@code
 * Rule slowStart = Rule.of(TransactionTarget.explicit(), Trigger.every(10), Delay.of(Duration.ofMillis(20)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param single whether a statement that commits by itself is a transaction, too
 * @since 0.1
 */
public record TransactionTarget(boolean single) implements Target {

    /** Transactions that were begun, by BEGIN or by switching auto-commit off. */
    public static TransactionTarget explicit() {
        return new TransactionTarget(false);
    }

    /** Those, and each statement that commits by itself; of a batch that does, each element. */
    public static TransactionTarget all() {
        return new TransactionTarget(true);
    }

    @Override
    public String seam() {
        return SqlSites.SEAM;
    }

    @Override
    public boolean matches(Site site) {
        return SqlSites.isStatement(site);
    }

    @Override
    public boolean covers(Detail detail) {
        return detail == TransactionPlace.FIRST || (single && detail == TransactionPlace.ALONE);
    }

    @Override
    public String toString() {
        return single ? "the first statement of any transaction" : "the first statement of a transaction";
    }
}
