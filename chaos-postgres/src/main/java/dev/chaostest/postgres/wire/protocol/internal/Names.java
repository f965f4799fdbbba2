// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind names. At most {@value #NAMES_MAX} of them, and {@value #CHARS_MAX} characters of text: the oldest are
 * lost first, whatever a client leaves open.
 */
final class Names<V> {

    private static final int NAMES_MAX = 10_000;
    private static final long CHARS_MAX = 8L * 1024 * 1024;

    private final Map<String, V> byName = new LinkedHashMap<>();
    private final ToIntFunction<V> length;
    private long chars;

    /** @param length of the text behind a name */
    Names(ToIntFunction<V> length) {
        this.length = length;
    }

    void put(String name, V value) {
        remove(name);
        byName.put(name, value);
        chars += weight(name, value);
        if (isTooMuch()) {
            forgetTheOldest();
        }
    }

    private boolean isTooMuch() {
        return byName.size() > NAMES_MAX || (chars > CHARS_MAX && byName.size() > 1);
    }

    private void forgetTheOldest() {
        Iterator<Map.Entry<String, V>> oldest = byName.entrySet().iterator();
        while (isTooMuch()) {
            Map.Entry<String, V> entry = oldest.next();
            chars -= weight(entry.getKey(), entry.getValue());
            oldest.remove();
        }
    }

    private long weight(String name, V value) {
        return (long) name.length() + length.applyAsInt(value);
    }

    @Nullable
    V get(String name) {
        return byName.get(name);
    }

    void remove(String name) {
        V value = byName.remove(name);
        if (value != null) {
            chars -= weight(name, value);
        }
    }

    void clear() {
        byName.clear();
        chars = 0;
    }
}
