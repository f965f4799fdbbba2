// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.Arrays;
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
    /** The transaction is given a number by its COMMIT, as by that of NOTIFY. */
    private static final Pattern NOTIFYING = Pattern.compile("(?i)\\bpg_notify\\b");

    private static final Pattern COPY_OUT =
            Pattern.compile("(?i)COPY\\b.*\\bTO (STDOUT|PROGRAM|\\?).*", Pattern.DOTALL);
    private static final Pattern ROLLBACK_TAG =
            Pattern.compile("(?i)(ROLLBACK(?! PREPARED)|ABORT)\\b.*", Pattern.DOTALL);
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
        if (COPY_OUT.matcher(site).matches() && !WRITING_WITH.matcher(site).find()) {
            return NOTHING;
        }
        if (OTHER_WRITES.contains(verb)) {
            return OTHER_WRITE;
        }
        if (!READS.contains(verb)) {
            return NOTHING;
        }
        return NOTIFYING.matcher(site).find() ? OTHER_WRITE : READ;
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

    /** How many statements of a query string are answered with ROLLBACK, as they should be. */
    public static long rollbacks(String site) {
        return Arrays.stream(site.split(";"))
                .map(String::strip)
                .filter(each -> ROLLBACK_TAG.matcher(each).matches())
                .count();
    }

    /** Whether a part of it may be committed though the rest is not. */
    public static boolean mayEndTransactions(String site) {
        return site.regionMatches(true, 0, "CALL ", 0, "CALL ".length())
                || site.regionMatches(true, 0, "DO ", 0, "DO ".length())
                || of(site) == MIXED;
    }

    public boolean isWrite() {
        return this == WRITE || this == OTHER_WRITE;
    }

    /** Whether its transaction's number may be asked for in the same transaction, behind it. */
    public boolean mayBeFollowed() {
        return this == WRITE || this == READ;
    }
}
