// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.nio.Buffer;
import java.util.regex.Pattern;

/**
 * What an object of an unknown type prints, if that says what is in it.
 *
 * <p>The identity of an array or of an object says nothing: it is the same when the content has changed, and another one
 * for an equal content.
 */
final class Printed {

    private static final String HASH = "@[0-9a-f]{1,8}(?![\\w.-])";
    private static final Pattern ARRAY = Pattern.compile("\\[(?:[BCDFIJSZ]|L[\\w.$]+;)" + HASH);
    private static final Pattern OBJECT =
            Pattern.compile("(?<![\\w.$-])(?:[a-z_]\\w*\\.)+[A-Z][\\w$]*(?:/0x[0-9a-f]+)?" + HASH);

    private Printed() {}

    /** @throws IllegalArgumentException if it does not; the message is the end of a sentence */
    static String of(Object value) {
        String type = value.getClass().getName();
        String text = text(value);
        if (text.matches(Pattern.quote(type) + "@[0-9a-f]+")) { // of its hashCode(), which it may have of its own
            throw new IllegalArgumentException("is a " + type + ", which has no toString()");
        }
        if (value instanceof Buffer) {
            throw new IllegalArgumentException("is a " + type + ", whose toString() does not show what is in it");
        }
        if (ARRAY.matcher(text).find() || OBJECT.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "is a " + type + ", whose toString() shows what is in it by its identity only: " + text);
        }
        return text;
    }

    private static String text(Object value) {
        try {
            return value.toString();
        } catch (RuntimeException | StackOverflowError e) { // what refers to itself prints without end
            throw new IllegalArgumentException(
                    "is a " + value.getClass().getName() + ", whose toString() threw " + e, e);
        }
    }
}
