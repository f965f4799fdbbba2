// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.postgres.wire.sql.internal.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts an SQL text into tokens; comments go, literals become {@code ?}. Never fails: what is not closed ends with the
 * text.
 *
 * <p>Source: PostgreSQL documentation, "Lexical Structure".
 */
final class SqlLexer {

    private final String sql;
    private final List<SqlToken> tokens = new ArrayList<>();
    private int at;
    private boolean spaced;

    private SqlLexer(String sql) {
        this.sql = sql;
    }

    static List<SqlToken> tokens(String sql) {
        SqlLexer lexer = new SqlLexer(sql);
        while (lexer.at < sql.length()) {
            lexer.next();
        }
        return lexer.tokens;
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
            spaced = true;
        } else if (c == '-' && peek(1) == '-') {
            at = end(sql.indexOf('\n', at));
            spaced = true;
        } else if (c == '/' && peek(1) == '*') {
            comment();
            spaced = true;
        } else if (isStringStart(c)) {
            string();
        } else if (c == '"' || isUnicodeName(c)) {
            quotedName();
        } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
            number();
        } else if (c == '$') {
            dollar();
        } else if (isNameStart(c)) {
            word();
        } else {
            add(Kind.SYMBOL, Character.toString(c));
            at++;
        }
    }

    private void comment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    private boolean isStringStart(char c) {
        return c == '\''
                || ("eEbBxXnN".indexOf(c) >= 0 && peek(1) == '\'')
                || ((c == 'u' || c == 'U') && peek(1) == '&' && peek(2) == '\'');
    }

    private void string() {
        boolean escapes = sql.charAt(at) == 'e' || sql.charAt(at) == 'E';
        at = sql.indexOf('\'', at) + 1;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && escapes) {
                at++;
            } else if (c == '\'' && peek(0) == '\'') {
                at++;
            } else if (c == '\'') {
                break;
            }
        }
        at = Math.min(at, sql.length());
        add(Kind.STRING, SqlToken.LITERAL);
    }

    private boolean isUnicodeName(char c) {
        return (c == 'u' || c == 'U') && peek(1) == '&' && peek(2) == '"';
    }

    private void quotedName() {
        int from = at;
        at = sql.indexOf('"', at) + 1;
        while (at < sql.length()) {
            if (sql.charAt(at++) == '"') {
                if (peek(0) != '"') {
                    break;
                }
                at++;
            }
        }
        add(Kind.QUOTED, sql.substring(from, Math.min(at, sql.length())));
    }

    private void number() {
        boolean based = sql.charAt(at) == '0' && "xXoObB".indexOf(peek(1)) >= 0 && peek(1) != 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            boolean exponent =
                    !based && (c == 'e' || c == 'E') && (isDigit(peek(1)) || (isSign(peek(1)) && isDigit(peek(2))));
            if (exponent && isSign(peek(1))) {
                at++;
            } else if (!isDigit(c) && c != '_' && c != '.' && !exponent && !(based && Character.isLetter(c))) {
                break;
            }
            at++;
        }
        add(Kind.NUMBER, SqlToken.LITERAL);
    }

    private void dollar() {
        int from = at++;
        if (isDigit(peek(0))) {
            while (isDigit(peek(0))) {
                at++;
            }
            add(Kind.PARAMETER, sql.substring(from, at));
            return;
        }
        while (isNameStart(peek(0)) || isDigit(peek(0))) {
            at++;
        }
        if (peek(0) != '$') {
            at = from + 1;
            add(Kind.SYMBOL, "$");
            return;
        }
        String tag = sql.substring(from, ++at);
        int close = sql.indexOf(tag, at);
        at = close < 0 ? sql.length() : close + tag.length();
        add(Kind.STRING, SqlToken.LITERAL);
    }

    private void word() {
        int from = at;
        while (isNameStart(peek(0)) || isDigit(peek(0)) || peek(0) == '$') {
            at++;
        }
        add(Kind.WORD, sql.substring(from, at));
    }

    private void add(Kind kind, String text) {
        tokens.add(new SqlToken(kind, text, spaced));
        spaced = false;
    }

    private int end(int found) {
        return found < 0 ? sql.length() : found;
    }

    /** The character so many behind the current one; NUL behind the end. */
    private char peek(int ahead) {
        return at + ahead < sql.length() ? sql.charAt(at + ahead) : 0;
    }

    private static boolean isSign(char c) {
        return c == '+' || c == '-';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }
}
