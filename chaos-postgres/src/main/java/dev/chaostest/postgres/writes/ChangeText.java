// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of PostgreSQL's {@code test_decoding}: {@code table public.account: UPDATE: id[integer]:1
 * name[text]:'it''s'}.
 *
 * <p>Exact for whatever names and values hold: names and types are quoted where they must be, values are quoted unless they
 * are numbers, booleans or bits. The other plugin that comes with PostgreSQL, {@code pgoutput}, needs a publication, and a
 * publication of updates makes the server refuse updates of tables without a key: it would change what is tested.
 */
final class ChangeText {

    private static final String TABLE = "table ";

    private final String text;
    private int at;

    private ChangeText(String text) {
        this.text = text;
    }

    static LoggedChange read(String line) {
        return new ChangeText(line).change();
    }

    private LoggedChange change() {
        expect(TABLE);
        List<TableName> tables = new ArrayList<>(List.of(table()));
        while (skip(", ")) {
            tables.add(table());
        }
        expect(": ");
        LoggedChange.Kind kind = kind();
        if (kind == LoggedChange.Kind.TRUNCATE) {
            boolean isRestart = text.startsWith(" restart_seqs", at);
            return new LoggedChange(kind, tables, false, Map.of(), Map.of(), Set.of(), isRestart);
        }
        return rows(kind, tables);
    }

    private LoggedChange rows(LoggedChange.Kind kind, List<TableName> tables) {
        Map<String, @Nullable String> old = new LinkedHashMap<>();
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        Set<String> unchanged = new LinkedHashSet<>();
        boolean isOldLogged = false;
        if (!text.startsWith(" (no-tuple-data)", at)) {
            boolean isOldOnly = kind == LoggedChange.Kind.DELETE;
            isOldLogged = isOldOnly || skip(" old-key:");
            if (isOldLogged) {
                columns(old, unchanged);
            }
            if (!isOldOnly) {
                skip(" new-tuple:");
                columns(row, unchanged);
            }
        }
        return new LoggedChange(kind, tables, isOldLogged, old, row, unchanged, false);
    }

    private LoggedChange.Kind kind() {
        for (LoggedChange.Kind kind : LoggedChange.Kind.values()) {
            if (skip(kind.name() + ":")) {
                return kind;
            }
        }
        throw unreadable();
    }

    private TableName table() {
        String schema = name(".");
        expect(".");
        return new TableName(schema, name(":,"));
    }

    /** Until the end, or until the new row begins. */
    private void columns(Map<String, @Nullable String> into, Set<String> unchanged) {
        while (at < text.length() && !text.startsWith(" new-tuple:", at)) {
            expect(" ");
            String column = name("[");
            type();
            expect(":");
            if (skip("unchanged-toast-datum")) {
                unchanged.add(column);
            } else {
                into.put(column, value());
            }
        }
    }

    /** An identifier: quoted, or plain up to one of these characters. */
    private String name(String ends) {
        if (text.charAt(at) == '"') {
            return quoted('"');
        }
        int from = at;
        while (ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    /** The type between brackets, which may be quoted, and an array. */
    private void type() {
        expect("[");
        int depth = 1;
        while (depth > 0) {
            switch (text.charAt(at)) {
                case '"' -> quoted('"');
                case '[' -> {
                    depth++;
                    at++;
                }
                case ']' -> {
                    depth--;
                    at++;
                }
                default -> at++;
            }
        }
    }

    private @Nullable String value() {
        if (text.charAt(at) == '\'') {
            return quoted('\'');
        }
        if (text.startsWith("B'", at)) {
            at++;
            return quoted('\'');
        }
        int end = text.indexOf(' ', at);
        String plain = text.substring(at, end < 0 ? text.length() : end);
        at += plain.length();
        return plain.equals("null") ? null : plain;
    }

    /** Doubled quotes are one. */
    private String quoted(char quote) {
        StringBuilder value = new StringBuilder();
        at++;
        while (true) {
            int end = text.indexOf(quote, at);
            if (end < 0) {
                throw unreadable();
            }
            value.append(text, at, end);
            at = end + 1;
            if (at >= text.length() || text.charAt(at) != quote) {
                return value.toString();
            }
            value.append(quote);
            at++;
        }
    }

    private boolean skip(String word) {
        if (!text.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        return true;
    }

    private void expect(String word) {
        if (!skip(word)) {
            throw unreadable();
        }
    }

    private IllegalStateException unreadable() {
        return new IllegalStateException("The server's log must read as test_decoding writes it, but at character " + at
                + " it does not: " + text.substring(0, Math.min(200, text.length())));
    }
}
