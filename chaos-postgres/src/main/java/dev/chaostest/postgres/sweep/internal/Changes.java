// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a round changed, in a form that can be compared with another round's: one line for each row, sorted, without what does
 * not count.
 *
 * @param lines sorted
 */
public record Changes(List<Line> lines) {

    private static final int VALUE_MAX = 60;

    /**
     * A row that is different.
     *
     * @param text for people: {@code account id=1: balance 1000 -> 900}
     * @param links what the text does not show of how new rows refer to each other
     */
    public record Line(String text, String links) {}

    public Changes {
        lines = lines.stream()
                .sorted(Comparator.comparing(Line::text).thenComparing(Line::links))
                .toList();
    }

    static Changes of(Shape shape, Delta delta, Unsteady unsteady) {
        return new Writer(unsteady, new Links(shape, delta, unsteady)).all(shape, delta);
    }

    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Those that the other has not; equal ones are counted. */
    public List<Line> without(Changes other) {
        List<Line> left = new ArrayList<>(lines);
        other.lines.forEach(left::remove);
        return left;
    }

    private record Writer(Unsteady unsteady, Links links) {

        Changes all(Shape shape, Delta delta) {
            List<Line> lines = new ArrayList<>();
            for (KeptTable table : shape.tables()) {
                if (delta.tables().containsKey(table) && !table.materialized()) {
                    lines.addAll(table(table, Pairs.of(table, delta)));
                }
            }
            return new Changes(lines);
        }

        private List<Line> table(KeptTable table, Pairs pairs) {
            List<Line> lines = new ArrayList<>();
            pairs.changed().values().forEach(pair -> changed(table, pair, lines));
            List<Line> removed = new ArrayList<>();
            pairs.removed().forEach(row -> removed.add(row(table, row, " removed ")));
            List<Line> added = new ArrayList<>();
            pairs.added().forEach(row -> added.add(row(table, row, " added ")));
            if (table.key().isEmpty()) {
                cancel(removed, added);
            }
            lines.addAll(removed);
            lines.addAll(added);
            return lines;
        }

        /** Rows without a key that differ only in what does not count are the same rows. */
        private static void cancel(List<Line> removed, List<Line> added) {
            removed.removeIf(line -> added.remove(new Line(line.text.replaceFirst(" removed ", " added "), "")));
        }

        private void changed(KeptTable table, Pairs.Pair pair, List<Line> lines) {
            List<String> parts = new ArrayList<>();
            StringBuilder signs = new StringBuilder();
            for (int place : counted(table)) {
                String before = shown(table, place, pair.before());
                String after = shown(table, place, pair.after());
                if (!before.equals(after)) {
                    parts.add(table.columns().get(place).name() + " " + before + " -> " + after);
                    signs.append(sign(table, place, pair.after()));
                }
            }
            if (!parts.isEmpty()) {
                lines.add(new Line(
                        table + " " + key(table, pair.after()) + ": " + String.join(", ", parts), signs.toString()));
            }
        }

        private Line row(KeptTable table, ImageRow row, String what) {
            boolean gone = what.equals(" removed ") && !table.key().isEmpty();
            List<Integer> places = gone ? table.key() : counted(table);
            StringBuilder signs = new StringBuilder();
            if (!what.equals(" removed ")) {
                places.forEach(place -> signs.append(sign(table, place, row)));
            }
            String cells = gone ? key(table, row) : String.join(", ", cells(table, row, places));
            return new Line(table + what + cells, signs.toString());
        }

        /** Of a row that was there before, so it is known by its key, unless the test made it with another one each time. */
        private String key(KeptTable table, ImageRow row) {
            List<String> cells = new ArrayList<>();
            for (int place : table.key()) {
                String value =
                        unsteady.isSet(table, place) ? "*" : cut(row.cells().get(place));
                cells.add(table.columns().get(place).name() + "=" + value);
            }
            return String.join(", ", cells);
        }

        private List<Integer> counted(KeptTable table) {
            return IntStream.range(0, table.columns().size())
                    .filter(place -> !unsteady.isIgnored(table, place))
                    .boxed()
                    .toList();
        }

        private List<String> cells(KeptTable table, ImageRow row, List<Integer> places) {
            return places.stream()
                    .map(place -> table.columns().get(place).name() + "=" + shown(table, place, row))
                    .toList();
        }

        private String shown(KeptTable table, int place, ImageRow row) {
            String value = row.cells().get(place);
            return value != null && unsteady.isVarying(table, place) ? "*" : cut(value);
        }

        private String sign(KeptTable table, int place, ImageRow row) {
            return unsteady.isVarying(table, place)
                    ? links.sign(Unsteady.name(table, place), row.cells().get(place)) + ";"
                    : "";
        }

        /** Two long values with the same beginning still differ. */
        private static String cut(@Nullable String value) {
            if (value == null) {
                return "NULL";
            }
            String flat = value.replaceAll("\\s+", " ");
            return flat.length() <= VALUE_MAX && flat.equals(value)
                    ? value
                    : flat.substring(0, Math.min(flat.length(), VALUE_MAX)) + "...#"
                            + Integer.toHexString(value.hashCode());
        }
    }
}
