// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints cells for people: text in quotes, so that it can't be taken for a number or for null; what is long is cut. */
final class ValueText {

    static final int LENGTH_MAX = 60;
    /** How much of what two long values have in common is shown before they part. */
    private static final int COMMON = 12;

    private ValueText() {}

    static String of(@Nullable Object frozen) {
        if (frozen instanceof String text) {
            return '"' + escaped(text) + '"';
        }
        if (frozen instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (frozen instanceof Collection<?> elements) {
            return elements.stream().map(ValueText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        return escaped(String.valueOf(frozen));
    }

    static String cut(String text) {
        return cut(text, 0);
    }

    private static String cut(String text, int from) {
        if (text.length() <= LENGTH_MAX) {
            return text;
        }
        int begin = Math.min(from, text.length() - LENGTH_MAX);
        int end = begin + LENGTH_MAX;
        return (begin > 0 ? "..." : "") + text.substring(begin, end) + (end < text.length() ? "..." : "") + " ("
                + text.length() + " characters)";
    }

    /** Both, cut such that what is different is seen, and with the types if only these are. */
    static String change(@Nullable Object before, @Nullable Object after, boolean inFull) {
        String old = of(before);
        String now = of(after);
        if (before != null && after != null && old.equals(now)) {
            return old + " (" + type(before) + ") -> " + now + " (" + type(after) + ")";
        }
        if (inFull) {
            return old + " -> " + now;
        }
        int from = Math.max(0, firstDifference(old, now) - COMMON);
        return cut(old, from) + " -> " + cut(now, from);
    }

    private static String type(Object frozen) {
        String name = frozen instanceof Cells.Other other
                ? other.type() + (other.millis() == 0 ? "" : " at " + other.millis() + "ms")
                : frozen.getClass().getName();
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    private static int firstDifference(String a, String b) {
        int i = 0;
        while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '"' -> escaped.append("\\\"");
                default -> escaped.append(Character.isISOControl(c) ? String.format("\\u%04x", (int) c) : c);
            }
        }
        return escaped.toString();
    }
}
