// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.plan.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sites of the statements of one connection; remembers the latest {@value #REMEMBERED}. */
public final class SqlSites {

    public static final String SEAM = "sql";
    public static final Site BEGIN = new Site(SEAM, "BEGIN");
    static final Site COMMIT = new Site(SEAM, "COMMIT");
    public static final Site ROLLBACK = new Site(SEAM, "ROLLBACK");

    /** A session begins: the startup packet, until the server is ready. */
    public static final Site CONNECT = new Site(SEAM, "connect");

    /** A session ends by the client's own word. */
    public static final Site DISCONNECT = new Site(SEAM, "disconnect");

    /** Where an error can't be raised without telling a lie about the transaction. */
    public static final List<Site> NEVER_FAILED =
            List.of(BEGIN, ROLLBACK, DISCONNECT, new Site(SEAM, "ROLLBACK AND CHAIN"), new Site(SEAM, "ROLLBACK TO"));

    /** What pgjdbc sends at connect and for {@code isValid}, and HikariCP when it sets a connection up. */
    private static final Set<String> HOUSEKEEPING = Set.of(
            "SET application_name = ?", "SET extra_float_digits = ?", "SHOW TRANSACTION ISOLATION LEVEL", "(empty)");

    private static final String SESSION_DEFAULTS = "SET SESSION CHARACTERISTICS AS TRANSACTION ";
    /** How the pool seam asks a session what it keeps. */
    private static final String SESSION_STATE = "AS chaos_session_state";

    private static final String LEVEL = "SET TRANSACTION ISOLATION LEVEL ";
    private static final String TO_SAVEPOINT = "ROLLBACK TO SAVEPOINT ";
    private static final int REMEMBERED = 1_000;
    private static final int REMEMBERED_LENGTH_MAX = 16 * 1024;
    private static final int NAME_MAX = 2_000;

    private final Map<String, Site> sites = remembering();
    private final Map<Site, Site> rows = remembering();

    /** The SQL that was asked for last: the very same object comes again with each execution of its statement. */
    private @Nullable String lastSql;

    private @Nullable Site lastSite;
    private @Nullable Site rowsFor;
    private @Nullable Site lastRows;

    /** The site of this SQL text. */
    public Site of(String sql) {
        Site last = lastSite;
        if (last != null && isSame(sql, lastSql)) {
            return last;
        }
        Site site = sql.length() > REMEMBERED_LENGTH_MAX ? site(sql) : sites.computeIfAbsent(sql, SqlSites::site);
        lastSql = sql;
        lastSite = site;
        return site;
    }

    @SuppressWarnings("ReferenceEquality") // equal texts are found in the map
    private static boolean isSame(String sql, @Nullable String other) {
        return sql == other;
    }

    /** The site of the rows of this statement. */
    @SuppressWarnings("ReferenceEquality") // equal ones are found in the map
    public Site rowsOf(Site statement) {
        if (statement != rowsFor || lastRows == null) {
            rowsFor = statement;
            lastRows = rows.computeIfAbsent(statement, WireSites::row);
        }
        return lastRows;
    }

    private static <K> Map<K, Site> remembering() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Site> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    public static Site site(String sql) {
        return new Site(SEAM, bounded(SqlText.normalise(sql)));
    }

    public static boolean isNeverFailed(Site site) {
        return NEVER_FAILED.contains(site)
                || (site.seam().equals(SEAM) && site.name().startsWith(TO_SAVEPOINT));
    }

    /** Whether drivers and pools send it by themselves, so that a fault there would miss the code under test. */
    public static boolean isHousekeeping(Site site) {
        return isLink(site)
                || HOUSEKEEPING.contains(site.name())
                || site.name().startsWith(SESSION_DEFAULTS)
                || site.name().endsWith(SESSION_STATE)
                || (site.name().startsWith(LEVEL) && isSingle(site.name()));
    }

    public static boolean isStatement(Site site) {
        return site.seam().equals(SEAM) && !isLink(site);
    }

    /** Whether it is the begin or the end of a session, and no statement. */
    public static boolean isLink(Site site) {
        return site.equals(CONNECT) || site.equals(DISCONNECT);
    }

    /** Whether the session is idle after this fails, as after COMMIT. */
    public static boolean isCommit(String name) {
        return name.equals("COMMIT") || name.equals("COMMIT AND CHAIN") || isPrepare(name);
    }

    /** Whether a transaction ends with it: that can't be cancelled. */
    public static boolean endsTransaction(String name) {
        return isCommit(name) || name.startsWith("ROLLBACK") || name.startsWith("COMMIT PREPARED");
    }

    /** Whether it is one statement for certain: where a long name was cut off, more of them may have stood. */
    public static boolean isSingle(String name) {
        return name.indexOf(';') < 0 && name.length() <= NAME_MAX;
    }

    /** Whether the name was not cut off. */
    public static boolean isWhole(String name) {
        return name.length() <= NAME_MAX;
    }

    private static boolean isPrepare(String name) {
        return name.regionMatches(true, 0, "PREPARE TRANSACTION ", 0, "PREPARE TRANSACTION ".length());
    }

    private static String bounded(String name) {
        return name.length() <= NAME_MAX
                ? name
                : name.substring(0, NAME_MAX)
                        + String.format(Locale.ROOT, "... (%d characters, #%08x)", name.length(), name.hashCode());
    }
}
