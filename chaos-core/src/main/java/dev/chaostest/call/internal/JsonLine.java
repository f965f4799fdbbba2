// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.ChaosException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One flat JSON object on one line: its values are texts, whole numbers and null.
 *
 * @param where the file and the line, for messages
 * @param values by name, in order
 */
public record JsonLine(String where, Map<String, @Nullable Object> values) {

    private static final int FIRST_PRINTABLE = 0x20;

    /** One that is to be written. */
    public static JsonLine empty() {
        return new JsonLine("", new LinkedHashMap<>());
    }

    /**
     * Reads a line.
     *
     * @throws ChaosException if it is anything else than such an object
     */
    public static JsonLine parse(String where, String text) {
        return new JsonLine(where, new JsonReader(where, text).object());
    }

    /** As this one, and another value: a text, a {@code Long} or null. */
    public JsonLine and(String name, @Nullable Object value) {
        values.put(name, value);
        return this;
    }

    /** Whether there is a value of that name, which may be null. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A text that must be there. */
    public String text(String name) {
        if (values.get(name) instanceof String text) {
            return text;
        }
        throw wrong(name, "a text");
    }

    /** A text that must be there, or null. */
    public @Nullable String textOrNull(String name) {
        return has(name) && values.get(name) == null ? null : text(name);
    }

    /** A number that must be there, not negative. */
    public long number(String name) {
        if (values.get(name) instanceof Long number && number >= 0) {
            return number;
        }
        throw wrong(name, "a whole number, not negative");
    }

    private ChaosException wrong(String name, String expected) {
        return new ChaosException(where + " must have " + expected + " as \"" + name + "\", but "
                + (has(name) ? "has " + print(values.get(name)) : "has only " + values.keySet())
                + ". Record it again, or mend the line.");
    }

    /** The line as it is written, without its end. */
    public String print() {
        return values.entrySet().stream()
                .map(entry -> quote(entry.getKey()) + ":" + print(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String print(@Nullable Object value) {
        return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    // half a character can't be written as UTF-8
                    if (c < FIRST_PRINTABLE || Character.isSurrogate(c)) {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
