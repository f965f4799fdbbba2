// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/**
 * A call as a line of the ledger shows it: {@code charge("order-1", 100)}.
 *
 * <p>Bounded, whatever the arguments print; and an argument that can't be printed does not break the call.
 */
final class CallText {

    private static final int VALUE_MAX = 80;
    private static final int TEXT_MAX = 400;
    private static final int ELEMENTS_MAX = 10;

    private CallText() {}

    static String of(String method, @Nullable Object[] values, boolean showsValues) {
        if (!showsValues) {
            return method + (values.length == 0 ? "()" : "(...)");
        }
        StringBuilder text = new StringBuilder(method).append('(');
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : ", ").append(cut(print(values[i]), VALUE_MAX));
        }
        return cut(text.append(')').toString(), TEXT_MAX);
    }

    private static String print(@Nullable Object value) {
        if (value != null && value.getClass().isArray()) {
            return elements(value);
        }
        return value instanceof CharSequence ? "\"" + plain(value) + "\"" : plain(value);
    }

    private static String elements(Object array) {
        int length = Array.getLength(array);
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < Math.min(length, ELEMENTS_MAX); i++) {
            Object element = Array.get(array, i);
            boolean nested = element != null && element.getClass().isArray(); // may hold itself
            text.append(i == 0 ? "" : ", ").append(nested ? "[...]" : cut(print(element), VALUE_MAX));
        }
        return text.append(length > ELEMENTS_MAX ? ", ...]" : "]").toString();
    }

    /** What a value prints, or why it can't. */
    static String plain(@Nullable Object value) {
        try {
            return "" + value; // also where toString returns null
        } catch (Exception | StackOverflowError e) { // whatever a user's toString does, the call goes on
            String type = value == null ? "null" : value.getClass().getSimpleName();
            return "<a " + type + " whose toString threw " + e.getClass().getSimpleName() + ">";
        }
    }

    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
