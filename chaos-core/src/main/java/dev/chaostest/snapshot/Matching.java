// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Says which rows of two snapshots belong together, and which of their cells count.
 *
 * <p>Rows belong together by {@linkplain #keyedBy key}, by {@linkplain #ordered place}, or, by default, not at all: then
 * {@linkplain #unordered equal rows are counted}.
 *
 * <p>Two cells are equal as a database says: whole and decimal numbers by value (1, 1.0 and 1.00 are equal); floating
 * ones by value among themselves (NaN equals NaN, -0.0 equals 0.0); {@code Instant}, {@code OffsetDateTime} and
 * {@code ZonedDateTime} by the instant; arrays and lists by their contents, also nested ones; sets and maps in any order;
 * null equals null only. JSON is text like any other unless {@link #comparing} says otherwise. What is of a type that
 * the library does not know is compared by its type and its {@code toString()}.
 *
 * <pre>{@code
 * Matching matching = Matching.keyedBy("id").ignoring("updated_at").tolerance(0.01, "rate");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Matching {

    private final Way way;
    private final List<String> keys;
    private final Set<String> ignored;
    private final Map<String, BiPredicate<@Nullable Object, @Nullable Object>> comparators;

    /** How rows belong together. */
    enum Way {
        COUNTED,
        PLACED,
        KEYED,
        KEYED_AND_PLACED;

        boolean isKeyed() {
            return this == KEYED || this == KEYED_AND_PLACED;
        }
    }

    private Matching(
            Way way,
            List<String> keys,
            Set<String> ignored,
            Map<String, BiPredicate<@Nullable Object, @Nullable Object>> comparators) {
        this.way = way;
        this.keys = keys;
        this.ignored = ignored;
        this.comparators = comparators;
    }

    /** Counts equal rows, wherever they are: the default. A row that changed is one removed and one added. */
    public static Matching unordered() {
        return new Matching(Way.COUNTED, List.of(), Set.of(), Map.of());
    }

    /** Compares row by row, from both ends: a row that is put in between does not shift what follows it. */
    public static Matching ordered() {
        return new Matching(Way.PLACED, List.of(), Set.of(), Map.of());
    }

    /**
     * Compares the rows that have the same values in these columns, wherever they are.
     *
     * @param columns at least one; no two rows of a snapshot may have the same values there
     */
    public static Matching keyedBy(String... columns) {
        List<String> keys = List.copyOf(new LinkedHashSet<>(Arrays.asList(columns)));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a key must have at least one column, but had none. Name one, or count "
                    + "equal rows with Matching.unordered().");
        }
        return new Matching(Way.KEYED, keys, Set.of(), Map.of());
    }

    /**
     * As this, and rows must also be in the same order.
     *
     * @return this if it is ordered already
     */
    public Matching inOrder() {
        Way other = way.isKeyed() ? Way.KEYED_AND_PLACED : Way.PLACED;
        return new Matching(other, keys, ignored, comparators);
    }

    /**
     * As this, but the cells of these columns don't count. They are not kept either, where rows are kept as digests.
     *
     * @throws IllegalArgumentException if one is part of the key
     */
    public Matching ignoring(String... columns) {
        Set<String> more = new TreeSet<>(ignored);
        more.addAll(Arrays.asList(columns));
        keys.stream().filter(more::contains).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException("an ignored column must not be part of the key, but \"" + key
                    + "\" is. Take it out of keyedBy(...) or of ignoring(...).");
        });
        return new Matching(way, keys, Set.copyOf(more), comparators);
    }

    /**
     * As this, but numbers in these columns may differ by so much. Needs rows that belong together by key or by place.
     *
     * @param most the greatest difference that does not count; positive
     * @param columns at least one
     */
    public Matching tolerance(double most, String... columns) {
        if (!(most > 0) || Double.isInfinite(most)) {
            throw new IllegalArgumentException("a tolerance must be greater than 0 and finite, but was " + most
                    + ". For exact numbers leave it out.");
        }
        if (columns.length == 0) {
            throw new IllegalArgumentException(
                    "a tolerance must name its columns, but named none. Write for example tolerance(0.01, \"rate\").");
        }
        Matching matching = this;
        for (String column : columns) {
            matching = matching.comparing(column, new Tolerance(most));
        }
        return matching;
    }

    /**
     * As this, but two cells of the column are equal when the caller says so: for JSON, say. Needs rows that belong
     * together by key or by place.
     *
     * @param equal gets the cell before and the cell after, either may be null; byte arrays are copies, other arrays are
     *     lists. Not asked about cells that are equal anyway.
     * @throws IllegalArgumentException if the column is part of the key, or if rows are only counted
     */
    public Matching comparing(String column, BiPredicate<@Nullable Object, @Nullable Object> equal) {
        if (way == Way.COUNTED) {
            throw new IllegalArgumentException("a tolerance or comparison for \"" + column + "\" must know which rows "
                    + "belong together, but equal rows are only counted. Begin with Matching.keyedBy(...) or "
                    + "Matching.ordered().");
        }
        if (keys.contains(column)) {
            throw new IllegalArgumentException("a tolerance or comparison must not be about the key, but \"" + column
                    + "\" is part of it. Keys are compared exactly.");
        }
        Map<String, BiPredicate<@Nullable Object, @Nullable Object>> more = new TreeMap<>(comparators);
        more.put(column, equal);
        return new Matching(way, keys, ignored, Map.copyOf(more));
    }

    Way way() {
        return way;
    }

    List<String> keys() {
        return keys;
    }

    Set<String> ignored() {
        return ignored;
    }

    boolean needsCells() {
        return !comparators.isEmpty();
    }

    /** All columns that it names, with the word for each. */
    Map<String, String> named() {
        Map<String, String> named = new TreeMap<>();
        comparators.keySet().forEach(column -> named.put(column, "comparing"));
        ignored.forEach(column -> named.put(column, "ignoring"));
        keys.forEach(column -> named.put(column, "keyedBy"));
        return named;
    }

    /** Whether digests that were made for the other one say something about this one. */
    boolean hasDigestsOf(Matching other) {
        return keys.equals(other.keys) && ignored.equals(other.ignored);
    }

    /** Asked about frozen cells. */
    boolean isEqual(String column, @Nullable Object before, @Nullable Object after) {
        if (Encoding.isEqual(before, after)) {
            return true;
        }
        BiPredicate<@Nullable Object, @Nullable Object> comparator = comparators.get(column);
        return comparator != null && comparator.test(Cells.handedOut(before), Cells.handedOut(after));
    }

    @Override
    public String toString() {
        String rows = switch (way) {
            case COUNTED -> "unordered";
            case PLACED -> "ordered";
            case KEYED -> "keyed by " + String.join(", ", keys);
            case KEYED_AND_PLACED -> "keyed by " + String.join(", ", keys) + ", in order";
        };
        return rows + (ignored.isEmpty() ? "" : ", ignoring " + String.join(", ", new TreeSet<>(ignored)));
    }
}
