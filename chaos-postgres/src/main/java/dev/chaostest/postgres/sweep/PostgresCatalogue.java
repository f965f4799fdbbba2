// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Catalogue;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Possible;
import dev.chaostest.explore.Recorded;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.wire.SqlTarget;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The faults that are possible at statements, commits, connects, rows and the pool.
 *
 * <p>What can't happen, or can't differ from something else that is tried, is pruned: an error of the server after an effect,
 * which it undoes; a lost answer inside a transaction, which goes with its transaction; 40001 below REPEATABLE READ; errors at
 * BEGIN and ROLLBACK; deferred constraints where the schema has none.
 *
 * <p>Statements that drivers and pools send by themselves are no points. Immutable, safe for use by many threads. Source:
 * PostgreSQL documentation, "Transaction Isolation" and Appendix A.
 *
 * @param facts what is known about the database
 * @param messages whether other messages of the protocol are points, too
 * @since 0.1
 */
public record PostgresCatalogue(Facts facts, boolean messages) implements Catalogue {

    private static final Site CONNECT = new Site("sql", "connect");
    private static final int NAME_MAX = 60;

    private static final Pattern DEFINITION = Pattern.compile(
            "(?<verb>CREATE|ALTER|DROP) (?:[A-Z]+ ){0,3}?(?<kind>TABLE|VIEW|INDEX|SEQUENCE) "
                    + "(?:CONCURRENTLY )?(?:IF (?:NOT )?EXISTS )?(?:ONLY )?(?<name>[^\\s(;,]+)",
            Pattern.CASE_INSENSITIVE);

    /**
     * What decides which faults are possible.
     *
     * @param isSerializing whether transactions are REPEATABLE READ or SERIALIZABLE where they don't say
     * @param hasDeferrable whether there are constraints that can fail at COMMIT
     */
    public record Facts(boolean isSerializing, boolean hasDeferrable) {}

    @Override
    public Role role(Site site) {
        if (PoolMount.acquire().matches(site)
                || CONNECT.equals(site)
                || SqlTarget.any().matches(site)) {
            return Role.POINT;
        }
        if (SessionCourse.isAboutLevel(site)) {
            return Role.CONTEXT;
        }
        if (SqlTarget.any().rows().matches(site)) {
            return Role.STREAM;
        }
        return messages && site.seam().equals("wire") && !isRow(site) ? Role.POINT : Role.NONE;
    }

    /** Rows of housekeeping. */
    private static boolean isRow(Site site) {
        return site.name().startsWith("DataRow of ");
    }

    @Override
    public String naming(Site site) {
        if (PoolMount.acquire().matches(site)) {
            return "getConnection";
        }
        Matcher definition = DEFINITION.matcher(site.name());
        String name = definition.lookingAt()
                ? definition.group("verb") + " " + definition.group("kind") + " " + definition.group("name")
                : SqlTarget.naming(site).orElse(site.name());
        return name.length() <= NAME_MAX ? name : name.substring(0, NAME_MAX) + "...";
    }

    @Override
    public Set<String> names() {
        return Faults.NAMES;
    }

    @Override
    public Possible at(Point point, Recorded round) {
        return new Options(this, point, round).possible();
    }

    @Override
    public boolean isInjected(Throwable thrown, LedgerEntry.Fired fired, Optional<String> answer) {
        return Injected.is(thrown, fired.fault(), answer);
    }
}
