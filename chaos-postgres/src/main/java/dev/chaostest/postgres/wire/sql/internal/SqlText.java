// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.postgres.wire.sql.internal.SqlToken.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a statement: the same for the same call in every run, whatever its values.
 *
 * <p>Comments go and literals become {@code ?}; {@code IN} lists, {@code ARRAY[...]} and further {@code VALUES} rows
 * fold; the names of our own schemas go; transaction control has one spelling.
 */
final class SqlText {

    static final String EMPTY = "(empty)";

    /** With our own prefix; or with the user's, and then the time, the run and the number that differ each time. */
    private static final Pattern OUR_SCHEMA =
            Pattern.compile("\"?(chaos_[0-9a-z_]+|.+_[0-9a-z]{6,7}_[0-9a-z]{1,16}_[0-9]{1,10})\"?");

    /** What the server calls a cursor that nobody named: it counts them, so the number differs from run to run. */
    private static final Pattern UNNAMED_PORTAL = Pattern.compile("\"<unnamed portal \\d+>\"");

    private static final String ANY_PORTAL = "\"<unnamed portal ?>\"";

    /** After these an operand must follow, so a sign belongs to the number. */
    private static final Set<String> BEFORE_OPERAND = Set.of(
            "SELECT",
            "WHERE",
            "AND",
            "OR",
            "NOT",
            "BETWEEN",
            "THEN",
            "ELSE",
            "WHEN",
            "LIMIT",
            "OFFSET",
            "BY",
            "IN",
            "LIKE",
            "RETURNING",
            "VALUES",
            "SET",
            "CASE",
            "IS",
            "TO",
            "ON",
            "HAVING",
            "DEFAULT");

    private final List<SqlToken> in;
    private final List<SqlToken> out = new ArrayList<>();
    private boolean foldedParameters;

    private SqlText(List<SqlToken> in) {
        this.in = in;
    }

    static String normalise(String sql) {
        SqlText text = new SqlText(SqlLexer.tokens(sql));
        text.fold();
        String control = SqlControl.name(text.out);
        return control != null ? control : text.print();
    }

    private void fold() {
        int at = 0;
        while (at < in.size()) {
            at = step(at);
        }
        while (!out.isEmpty() && out.get(out.size() - 1).isSymbol(";")) {
            out.remove(out.size() - 1);
        }
        if (foldedParameters) {
            renumber();
        }
    }

    /** Handles what begins here; answers where to go on. */
    private int step(int at) {
        SqlToken token = in.get(at);
        if (token.isName()
                && isSymbol(at + 1, ".")
                && OUR_SCHEMA.matcher(token.text()).matches()) {
            return at + 2;
        }
        if (token.kind() == Kind.STRING && !out.isEmpty() && last().kind() == Kind.STRING) {
            return at + 1;
        }
        SqlToken kept = withoutNumber(afterDropped(token, at));
        boolean signed = token.kind() == Kind.NUMBER && isSignLast();
        out.add(
                signed
                        ? new SqlToken(
                                Kind.NUMBER,
                                token.text(),
                                out.remove(out.size() - 1).spaced())
                        : kept);
        if (token.is("IN") && isSymbol(at + 1, "(")) {
            return list(at + 1, ")");
        }
        if (token.is("ARRAY") && isSymbol(at + 1, "[")) {
            return list(at + 1, "]");
        }
        if (token.isSymbol(")") && isSymbol(at + 1, ",") && isSymbol(at + 2, "(") && isInValues()) {
            return skipRows(at + 1);
        }
        return at + 1;
    }

    /** The token behind a dropped schema takes over its space. */
    private SqlToken afterDropped(SqlToken token, int at) {
        boolean dropped = at >= 2
                && in.get(at - 1).isSymbol(".")
                && OUR_SCHEMA.matcher(in.get(at - 2).text()).matches();
        return dropped ? new SqlToken(token.kind(), token.text(), in.get(at - 2).spaced()) : token;
    }

    private static SqlToken withoutNumber(SqlToken token) {
        boolean counted = token.kind() == Kind.QUOTED
                && UNNAMED_PORTAL.matcher(token.text()).matches();
        return counted ? token.withText(ANY_PORTAL) : token;
    }

    /** Whether a sign stands last that belongs to the number behind it: the value's sign is no part of the name. */
    private boolean isSignLast() {
        if (out.isEmpty() || !(last().isSymbol("-") || last().isSymbol("+"))) {
            return false;
        }
        return out.size() == 1 || expectsOperand(out.get(out.size() - 2));
    }

    private static boolean expectsOperand(SqlToken before) {
        return switch (before.kind()) {
            case SYMBOL -> !before.isSymbol(")") && !before.isSymbol("]");
            case WORD -> BEFORE_OPERAND.contains(before.upper());
            case QUOTED, STRING, NUMBER, PARAMETER -> false;
        };
    }

    /** Folds a list of values; leaves anything else alone. */
    private int list(int open, String end) {
        int at = open + 1;
        boolean parameters = false;
        while (at < in.size() && !in.get(at).isSymbol(end)) {
            SqlToken token = in.get(at);
            parameters |= token.kind() == Kind.PARAMETER;
            if (token.is("SELECT") || token.is("VALUES") || token.is("WITH")) {
                return open;
            }
            at = token.isSymbol("(") ? close(at) : at + 1;
        }
        if (at >= in.size()) {
            return open;
        }
        foldedParameters |= parameters;
        out.add(in.get(open));
        out.add(new SqlToken(Kind.SYMBOL, "...", false));
        out.add(new SqlToken(Kind.SYMBOL, end, false));
        return at + 1;
    }

    /** Where to go on behind the bracket that closes this one. */
    private int close(int open) {
        int depth = 0;
        for (int at = open; at < in.size(); at++) {
            depth += in.get(at).isSymbol("(") ? 1 : in.get(at).isSymbol(")") ? -1 : 0;
            if (depth == 0) {
                return at + 1;
            }
        }
        return in.size();
    }

    /** Whether the bracket that was just closed is a row behind VALUES. */
    private boolean isInValues() {
        int depth = 0;
        for (int at = out.size() - 1; at > 0; at--) {
            depth += out.get(at).isSymbol(")") ? 1 : out.get(at).isSymbol("(") ? -1 : 0;
            if (depth == 0) {
                return out.get(at - 1).is("VALUES");
            }
        }
        return false;
    }

    private int skipRows(int comma) {
        int at = comma;
        while (isSymbol(at, ",") && isSymbol(at + 1, "(")) {
            int end = close(at + 1);
            foldedParameters |= in.subList(at, end).stream().anyMatch(token -> token.kind() == Kind.PARAMETER);
            at = end;
        }
        return at;
    }

    /** The numbers behind a folded list depend on its length: count anew. */
    private void renumber() {
        Map<String, String> numbers = new HashMap<>();
        out.replaceAll(token -> token.kind() != Kind.PARAMETER
                ? token
                : token.withText(numbers.computeIfAbsent(token.text(), old -> "$" + (numbers.size() + 1))));
    }

    private String print() {
        if (out.isEmpty()) {
            return EMPTY;
        }
        StringBuilder text = new StringBuilder();
        for (SqlToken token : out) {
            if (token.spaced() && text.length() > 0) {
                text.append(' ');
            }
            text.append(token.text());
        }
        return text.toString();
    }

    private boolean isSymbol(int at, String symbol) {
        return at < in.size() && in.get(at).isSymbol(symbol);
    }

    private SqlToken last() {
        return out.get(out.size() - 1);
    }
}
