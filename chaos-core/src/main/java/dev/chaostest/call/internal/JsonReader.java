// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.ChaosException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one flat object of texts, whole numbers and null, and nothing else. */
final class JsonReader {

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})(?![0-9.eE])");
    private static final int HEX = 16;
    private static final int HEX_DIGITS = 4;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final char END = '\0';

    private final String where;
    private final String text;
    private int at;

    JsonReader(String where, String text) {
        this.where = where;
        this.text = text;
    }

    Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        expect('{');
        if (peek() != '}') {
            do {
                entry(values);
            } while (accept(','));
        }
        expect('}');
        if (peek() != END || at < text.length()) {
            throw wrong("the end of the line");
        }
        return values;
    }

    private void entry(Map<String, @Nullable Object> values) {
        peek();
        int start = at;
        String name = string();
        if (values.containsKey(name)) {
            at = start;
            throw wrong("another name than \"" + name + "\", which it has already");
        }
        expect(':');
        values.put(name, value());
    }

    private @Nullable Object value() {
        char next = peek();
        if (next == '"') {
            return string();
        }
        if (text.startsWith("null", at)) {
            at += "null".length();
            return null;
        }
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        number.useTransparentBounds(true);
        if (!number.lookingAt()) {
            throw wrong("a text, a whole number or null");
        }
        at = number.end();
        return Long.valueOf(number.group());
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c < FIRST_PRINTABLE) {
                throw wrong("an escaped character");
            }
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        if (at >= text.length()) {
            throw wrong("the end of a text");
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at) : END;
        int of = "\"\\/bfnrt".indexOf(c);
        if (of >= 0) {
            at++;
            return "\"\\/\b\f\n\r\t".charAt(of);
        }
        if (c != 'u' || !text.substring(at + 1).matches("(?s)[0-9a-fA-F]{4}.*")) {
            throw wrong("an escape");
        }
        at += 1 + HEX_DIGITS;
        return (char) Integer.parseInt(text.substring(at - HEX_DIGITS, at), HEX);
    }

    private void expect(char expected) {
        if (!accept(expected)) {
            throw wrong("'" + expected + "'");
        }
    }

    private boolean accept(char expected) {
        boolean found = peek() == expected && at < text.length();
        at += found ? 1 : 0;
        return found;
    }

    /** The next character that is no space. */
    private char peek() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    private ChaosException wrong(String expected) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the line";
        return new ChaosException(where + " must be one JSON object of texts, whole numbers and null, but at column "
                + (at + 1) + " expected was " + expected + ", and found " + found
                + ". Record it again, or mend the line.");
    }
}
