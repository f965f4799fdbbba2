// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a statement does nothing but read; where that is not certain, it does more. */
final class Reading {

    private static final Pattern READ = Pattern.compile("(SELECT|SHOW|VALUES|TABLE)\\b.*", Pattern.DOTALL);
    private static final Pattern MORE = Pattern.compile(
            ";|\\bFOR (NO KEY )?(UPDATE|SHARE)\\b|\\bFOR KEY SHARE\\b|\\bINTO\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern CALL = Pattern.compile("([A-Za-z_][\\w.]*)\\s*\\(");

    /** What stands before a parenthesis in a read, and changes nothing. */
    private static final Set<String> HARMLESS = Set.of(
            "count",
            "sum",
            "min",
            "max",
            "avg",
            "coalesce",
            "lower",
            "upper",
            "abs",
            "round",
            "length",
            "exists",
            "in",
            "any",
            "all",
            "and",
            "or",
            "not",
            "where",
            "from",
            "values",
            "select",
            "cast",
            "case",
            "when",
            "then",
            "on",
            "array_agg",
            "string_agg",
            "nullif",
            "greatest",
            "least",
            "extract",
            "date_trunc",
            "now",
            "as",
            "by",
            "join");

    private Reading() {}

    static boolean isPlain(String name) {
        if (!READ.matcher(name).matches() || MORE.matcher(name).find()) {
            return false;
        }
        Matcher call = CALL.matcher(name);
        while (call.find()) {
            if (!HARMLESS.contains(call.group(1).toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }
}
