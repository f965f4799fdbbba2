// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes of a cell what can't change any more, and hands it out again. */
final class Cells {

    private static final int DEPTH_MAX = 32;

    private Cells() {}

    /**
     * Bytes that nobody else has.
     *
     * @param content never handed out
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    record Bytes(byte[] content) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }

        @Override
        public String toString() {
            return "\\x" + HexFormat.of().formatHex(content);
        }
    }

    /**
     * What is left of an object of any other type.
     *
     * @param millis of a date, since SQL's ones don't print all that they are
     */
    record Other(String type, String text, long millis) {
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * A copy that can't change.
     *
     * @throws IllegalArgumentException if none can be made; the message is the end of a sentence
     */
    static @Nullable Object frozen(@Nullable Object value) {
        return frozen(value, 0);
    }

    private static @Nullable Object frozen(@Nullable Object value, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("is nested deeper than " + DEPTH_MAX + " levels");
        }
        if (value == null || isConstant(value)) {
            return value;
        }
        if (value instanceof byte[] bytes) {
            return new Bytes(bytes.clone());
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return new Bytes(bytes);
        }
        if (value.getClass().isArray()) {
            return list(elements(value), depth);
        }
        if (value instanceof Set<?> set) {
            return set(set, depth);
        }
        if (value instanceof Collection<?> collection) {
            return list(collection, depth);
        }
        return value instanceof Map<?, ?> map ? map(map, depth) : other(value);
    }

    /** An enum's constant may have fields that change; it is compared by its name. */
    private static boolean isConstant(Object value) {
        return value instanceof String
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof UUID
                || value instanceof Enum<?>
                || value instanceof BigDecimal
                || value instanceof BigInteger
                || value instanceof Duration
                || value instanceof Period
                || (value instanceof Temporal && value.getClass().getName().startsWith("java.time."));
    }

    private static List<@Nullable Object> elements(Object array) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        return elements;
    }

    private static List<@Nullable Object> list(Collection<?> elements, int depth) {
        List<@Nullable Object> copy = new ArrayList<>(elements.size());
        for (Object element : elements) {
            copy.add(frozen(element, depth + 1));
        }
        return Collections.unmodifiableList(copy);
    }

    private static Set<@Nullable Object> set(Set<?> elements, int depth) {
        Set<@Nullable Object> copy = new LinkedHashSet<>();
        for (Object element : elements) {
            if (!copy.add(frozen(element, depth + 1))) {
                throw new IllegalArgumentException("is a set, in which two elements print the same");
            }
        }
        return Collections.unmodifiableSet(copy);
    }

    private static Map<@Nullable Object, @Nullable Object> map(Map<?, ?> map, int depth) {
        Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            Object known = frozen(key, depth + 1);
            if (copy.containsKey(known)) {
                throw new IllegalArgumentException("is a map, in which two keys print the same");
            }
            copy.put(known, frozen(value, depth + 1));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static Object other(Object value) {
        if (value instanceof AtomicInteger || value instanceof AtomicLong) {
            return ((Number) value).longValue();
        }
        if (value instanceof CharSequence) {
            return value.toString();
        }
        if (value instanceof Date date) {
            return date(date);
        }
        return new Other(value.getClass().getName(), Printed.of(value), 0);
    }

    @SuppressWarnings("JavaUtilDate") // drivers hand them out
    private static Object date(Date date) {
        return date.getClass() == Date.class
                ? Instant.ofEpochMilli(date.getTime())
                : new Other(date.getClass().getName(), date.toString(), date.getTime());
    }

    /** What a user gets to see of a frozen cell: nothing that is a type of ours, also further in. */
    static @Nullable Object handedOut(@Nullable Object frozen) {
        if (frozen instanceof Bytes bytes) {
            return bytes.content().clone();
        }
        if (frozen instanceof Other other) {
            return other.text();
        }
        if (frozen instanceof List<?> elements) {
            List<@Nullable Object> copy = new ArrayList<>(elements.size());
            elements.forEach(element -> copy.add(handedOut(element)));
            return Collections.unmodifiableList(copy);
        }
        if (frozen instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, value) -> copy.put(handedOut(key), handedOut(value)));
            return Collections.unmodifiableMap(copy);
        }
        return frozen;
    }

    /** About how many bytes it takes in memory. */
    static long weight(@Nullable Object frozen) {
        if (frozen instanceof String text) {
            return 40 + 2L * text.length();
        }
        if (frozen instanceof Bytes bytes) {
            return 24L + bytes.content().length;
        }
        if (frozen instanceof Other other) {
            return 64 + 2L * other.text().length();
        }
        if (frozen instanceof Collection<?> elements) {
            return 40
                    + elements.stream()
                            .mapToLong(element -> 8 + weight(element))
                            .sum();
        }
        if (frozen instanceof Map<?, ?> map) {
            return 40 + 32L * map.size() + weight(map.keySet()) + weight(map.values());
        }
        if (frozen instanceof BigInteger whole) {
            return 64L + whole.bitLength() / 8;
        }
        return frozen instanceof BigDecimal decimal ? 64 + weight(decimal.unscaledValue()) : 24;
    }
}
