// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Has a COMMIT answered by ROLLBACK, which is no error: nothing is committed, and nobody is told.
 *
 * <p>The server does so for a transaction that has failed before. It is made to fail here by a statement of ours just before
 * the COMMIT, whose error the client does not see. What the client sees is what it would see if it had swallowed an error of its
 * own: pgjdbc's {@code commit()} returns as if all were well. The session is idle afterwards.
 *
 * <p>At COMMIT and PREPARE TRANSACTION only; a statement that commits by itself has no COMMIT to be answered so.
 *
 * <pre>{@code
 * Rule silent = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new SilentRollback());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, COMMIT ("Outputs"); protocol, "CommandComplete".
 *
 * @since 0.1
 */
public record SilentRollback() implements Fault {

    /** What the server answers. */
    private static final String ANSWER = "ROLLBACK";

    private static final List<Site> ENDS = Stream.of("COMMIT", "COMMIT AND CHAIN", "PREPARE TRANSACTION ?")
            .map(SqlSites::site)
            .toList();

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return SqlSites.isStatement(site) && SqlSites.isCommit(site.name());
    }

    @Override
    public void requirePossibleAt(Target target) {
        if (ENDS.stream().noneMatch(target::matches)) {
            throw new ChaosException("A silent rollback must be the answer to a COMMIT, but " + target
                    + " is none. Use SqlTarget.on(\"COMMIT\").");
        }
    }

    @Override
    public Optional<String> mustComeBack() {
        return Optional.of(ANSWER);
    }

    @Override
    public String toString() {
        return "COMMIT answered by ROLLBACK (the transaction failed unseen)";
    }
}
