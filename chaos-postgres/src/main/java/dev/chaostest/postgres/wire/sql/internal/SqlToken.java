// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.Locale;

/**
 * A token of an SQL text.
 *
 * @param kind what it is
 * @param text as it stands in the text; {@code ?} for every literal
 * @param spaced whether white space or a comment stands before it
 */
record SqlToken(Kind kind, String text, boolean spaced) {

    enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        PARAMETER,
        SYMBOL
    }

    static final String LITERAL = "?";

    boolean is(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    boolean isValue() {
        return kind == Kind.STRING || kind == Kind.NUMBER || kind == Kind.PARAMETER;
    }

    String upper() {
        return kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : text;
    }

    /** The name without its quotes, in lower case: names are compared without regard to case. */
    String name() {
        String bare = kind == Kind.QUOTED && text.length() >= 2
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                : text;
        return bare.toLowerCase(Locale.ROOT);
    }

    SqlToken withText(String other) {
        return new SqlToken(kind, other, spaced);
    }
}
