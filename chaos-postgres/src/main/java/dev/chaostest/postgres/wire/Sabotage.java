// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.sql.internal.SqlShape;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Has the code under test do something wrong without its knowledge: the mistakes that its tests are to find.
 *
 * <p>The client sees the answers that it would see if nothing had been done to it, so only who looks at the data can tell.
 * Each is defined by what the server is sent. Where it can't be carried out (no transaction is open, the statement fails by
 * itself, its values are larger than 64 kB), nothing is done, and the ledger says so.
 *
 * <p>Carried out in the extended and in the simple protocol, for plain, prepared and batched statements. A query string with
 * several statements is left alone.
 *
 * <pre>{@code
 * Rule twice = Rule.of(SqlTarget.on("INSERT ledger"), Trigger.nth(1), Sabotage.RUN_TWICE);
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, {@code COMMIT}, {@code SAVEPOINT}; protocol, "Extended Query".
 *
 * @since 0.1
 */
public enum Sabotage implements Fault {
    /** COMMIT is sent in place of a ROLLBACK that ends a healthy transaction. */
    COMMIT_INSTEAD_OF_ROLLBACK("COMMIT is sent in place of it"),

    /**
     * COMMIT AND CHAIN is sent before a statement that writes inside a transaction: what came before is committed, and a new
     * transaction of the same kind goes on. Savepoints and cursors of before are gone.
     */
    COMMIT_IN_THE_MIDDLE("what came before it is committed, and a new transaction begun"),

    /** A statement that writes is run a second time behind the first, with the same values; that answer is swallowed. */
    RUN_TWICE("it is run twice"),

    /** What a statement writes is taken back behind it; its answer, which is true, is handed on. Sequences stay moved. */
    DROP_WRITE("what it writes is dropped, and its answer kept"),

    /** A row of a result is left out, and the number of rows said accordingly. */
    HIDE_ROW("a row is hidden");

    /** What the ledger shows as the answer where it was carried out; it begins so with whatever came of it. */
    public static final String DONE = "done";

    /** What the ledger shows where it was carried out and changed no row, so that nobody can tell. */
    public static final String WITHOUT_EFFECT = "done, and no row was changed by it";

    private static final Pattern WRITES = Pattern.compile("(?i)(INSERT|UPDATE|DELETE|MERGE|WITH)\\b.*");
    private static final Pattern READS = Pattern.compile("(?i)\\(*(SELECT|VALUES|TABLE|WITH)\\b.*");
    private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

    private final String words;

    Sabotage(String words) {
        this.words = words;
    }

    /**
     * Where it strikes for a statement: there, or at the rows of its result.
     *
     * @param statement the site of a statement
     */
    public Target at(Site statement) {
        return Target.of(this == HIDE_ROW ? WireSites.row(statement) : statement);
    }

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return switch (this) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> site.equals(SqlSites.ROLLBACK);
            case COMMIT_IN_THE_MIDDLE, RUN_TWICE, DROP_WRITE -> writes(site);
            case HIDE_ROW ->
                WireSites.statementOfRow(site).filter(Sabotage::reads).isPresent();
        };
    }

    /** Whether a statement at this site writes rows, as far as its text tells: what functions do, it does not. */
    public static boolean writes(Site site) {
        return isOne(site, WRITES) && SqlShape.of(site.name()).verbs().stream().anyMatch(CHANGES::contains);
    }

    /** Whether a statement at this site is a query of the application's that writes nothing, as far as its text tells. */
    public static boolean reads(Site site) {
        return isOne(site, READS)
                && !SqlSites.isHousekeeping(site)
                && SqlShape.of(site.name()).verbs().stream().noneMatch(CHANGES::contains);
    }

    private static boolean isOne(Site site, Pattern kind) {
        return SqlSites.isStatement(site)
                && SqlSites.isSingle(site.name())
                && kind.matcher(site.name()).matches();
    }

    @Override
    public void requirePossibleAt(Target target) {
        String seam = this == HIDE_ROW ? WireSites.SEAM : SqlSites.SEAM;
        if (!target.seam().equals(seam)) {
            throw new ChaosException("The target of " + name() + " must be "
                    + (this == HIDE_ROW ? "rows" : "a statement") + ", but was " + target + ". Use "
                    + (this == HIDE_ROW ? "SqlTarget.on(...).rows()." : "SqlTarget.on(...)."));
        }
    }

    @Override
    public String toString() {
        return "sabotage (" + words + ")";
    }
}
