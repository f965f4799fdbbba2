// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a statement means for the transaction around it, as far as the normalised text of its site tells. */
public enum StatementKind {
    BEGIN,
    COMMIT,
    PREPARE,
    COMMIT_PREPARED,
    ROLLBACK,
    /** Several statements, some of which begin or end a transaction. */
    MIXED,
    /** It writes, and needs no transaction of its own. */
    WRITE,
    /** It writes, and may be one that must run alone, or ends transactions itself. */
    OTHER_WRITE,
    /** It may write, by way of a function. */
    READ,
    /** Settings, savepoints, cursors and what drivers send by themselves. */
    NOTHING;

    private static final Set<String> WRITES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");
    private static final Set<String> OTHER_WRITES = Set.of(
            "COPY",
            "CALL",
            "DO",
            "TRUNCATE",
            "CREATE",
            "ALTER",
            "DROP",
            "GRANT",
            "REVOKE",
            "REFRESH",
            "COMMENT",
            "REINDEX",
            "CLUSTER",
            "VACUUM",
            "NOTIFY",
            "IMPORT",
            "SECURITY",
            "REASSIGN");
    private static final Set<String> READS = Set.of("SELECT", "VALUES", "TABLE", "EXECUTE");
    private static final Pattern WRITING_WITH = Pattern.compile("(?i)\\b(INSERT|UPDATE|DELETE|MERGE)\\b");
    private static final Pattern CONTROL =
            Pattern.compile("(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT|PREPARE TRANSACTION)\\b.*");

    /** The kind of a site's statement. */
    public static StatementKind of(String site) {
        return site.indexOf(';') < 0 ? single(site) : several(site);
    }

    private static StatementKind single(String site) {
        return switch (site) {
            case "BEGIN" -> BEGIN;
            case "COMMIT", "COMMIT AND CHAIN" -> COMMIT;
            case "ROLLBACK", "ROLLBACK AND CHAIN" -> ROLLBACK;
            default -> named(site);
        };
    }

    private static StatementKind named(String site) {
        int end = 0;
        while (end < site.length() && Character.isLetter(site.charAt(end))) {
            end++;
        }
        String verb = site.substring(0, end).toUpperCase(Locale.ROOT);
        if (WRITES.contains(verb)) {
            return WRITE;
        }
        if (verb.equals("WITH")) {
            return WRITING_WITH.matcher(site).find() ? WRITE : READ;
        }
        if (SqlSites.isCommit(site)) {
            return PREPARE;
        }
        if (verb.equals("COMMIT")) {
            return COMMIT_PREPARED;
        }
        if (OTHER_WRITES.contains(verb)) {
            return OTHER_WRITE;
        }
        return READS.contains(verb) ? READ : NOTHING;
    }

    private static StatementKind several(String site) {
        StatementKind all = NOTHING;
        for (String each : site.split(";", -1)) {
            String text = each.strip();
            StatementKind kind = text.isEmpty() ? NOTHING : single(text);
            if (CONTROL.matcher(text).matches()) {
                return MIXED;
            }
            boolean stronger = kind == OTHER_WRITE || (all != OTHER_WRITE && kind.compareTo(all) < 0);
            all = stronger ? kind : all;
        }
        return all;
    }

    public boolean isWrite() {
        return this == WRITE || this == OTHER_WRITE;
    }

    /** Whether its transaction's number may be asked for in the same transaction, behind it. */
    public boolean mayBeFollowed() {
        return this == WRITE || this == READ;
    }
}
