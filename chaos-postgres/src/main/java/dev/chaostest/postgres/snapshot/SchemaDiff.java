// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.postgres.snapshot.internal.Captured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is different in a schema: rows of tables, sequences, definitions.
 *
 * <pre>{@code
 * SchemaDiff diff = before.diff();
 * assertThat(diff.table("account").orElseThrow().changed()).isEqualTo(2);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param schema its name
 * @param tables those that are different, by name in order
 * @param sequences those that are not where they were, by name in order; empty if they don't count
 * @param definitions those that are different, by name in order; empty if they don't count
 * @since 0.1
 */
public record SchemaDiff(
        String schema, List<TableDiff> tables, List<Difference> sequences, List<Difference> definitions) {

    private static final int LINES_MAX = 200;
    private static final int SHOWN_MAX = 160;

    public SchemaDiff {
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
        definitions = List.copyOf(definitions);
    }

    /**
     * One thing that is different, as text.
     *
     * @param name what it is: {@code account_id_seq}, {@code column account.balance}
     * @param before null if it is new
     * @param after null if it is gone
     */
    public record Difference(
            String name, @Nullable String before, @Nullable String after) {

        /** All that are different, by name in order. */
        static List<Difference> of(Map<String, String> before, Map<String, String> after) {
            Set<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            List<Difference> differences = new ArrayList<>();
            for (String name : names) {
                String old = before.get(name);
                String now = after.get(name);
                if (old == null || !old.equals(now)) {
                    differences.add(new Difference(name, old, now));
                }
            }
            return differences;
        }

        /** For a message: of what is long, the part where it differs. */
        private String brief() {
            String old = before == null ? "" : before;
            String now = after == null ? "" : after;
            int same = 0;
            while (same < Math.min(old.length(), now.length()) && old.charAt(same) == now.charAt(same)) {
                same++;
            }
            return new Difference(name, before == null ? null : cut(old, same), after == null ? null : cut(now, same))
                    .toString();
        }

        private static String cut(String text, int from) {
            String flat = text.replaceAll("\\s", " ");
            if (flat.length() <= SHOWN_MAX) {
                return flat;
            }
            int begin = Math.max(0, Math.min(from - SHOWN_MAX / 4, flat.length() - SHOWN_MAX));
            int end = begin + SHOWN_MAX;
            return (begin > 0 ? "..." : "") + flat.substring(begin, end) + (end < flat.length() ? "..." : "");
        }

        @Override
        public String toString() {
            if (before == null) {
                return name + ": added, " + after;
            }
            return after == null ? name + ": dropped, was " + before : name + ": " + before + " -> " + after;
        }
    }

    static SchemaDiff of(String schema, Captured.Differences differences) {
        return new SchemaDiff(
                schema,
                differences.tables().stream()
                        .map(change -> new TableRows(change).diff())
                        .toList(),
                Difference.of(differences.sequencesBefore(), differences.sequencesAfter()),
                Difference.of(differences.catalogBefore(), differences.catalogAfter()));
    }

    /** Whether nothing is different. */
    public boolean isEmpty() {
        return tables.isEmpty() && sequences.isEmpty() && definitions.isEmpty();
    }

    /** What became of a table, if anything did. */
    public Optional<TableDiff> table(String name) {
        return tables.stream().filter(table -> table.table().equals(name)).findFirst();
    }

    /** The same without the sequences. */
    SchemaDiff withoutSequences() {
        return new SchemaDiff(schema, tables, List.of(), definitions);
    }

    /**
     * Fails if anything is different.
     *
     * @throws AssertionError with what, of each table at most 20 rows
     */
    public void assertEmpty() {
        if (!isEmpty()) {
            throw new AssertionError(toString());
        }
    }

    /** The message of {@link #assertEmpty()}, or that nothing is different. */
    @Override
    public String toString() {
        return isEmpty()
                ? "Schema \"" + schema + "\" is as it was."
                : "Schema \"" + schema + "\" must be as it was, but " + counts() + " not. " + advice() + "\n"
                        + String.join("\n", lines());
    }

    private String counts() {
        List<String> counts = new ArrayList<>();
        count(counts, tables.size(), "table");
        count(counts, sequences.size(), "sequence");
        count(counts, definitions.size(), "definition");
        int all = tables.size() + sequences.size() + definitions.size();
        return String.join(", ", counts) + (all == 1 ? " is" : " are");
    }

    private static void count(List<String> counts, int count, String word) {
        if (count > 0) {
            counts.add(Amount.of(count, word));
        }
    }

    private String advice() {
        if (!tables.isEmpty()) {
            return "For what may change use ignoring(table, columns) or ignoringTable(table).";
        }
        return sequences.isEmpty()
                ? "If definitions may change use ignoringCatalog()."
                : "A rollback does not set a sequence back; if it may move use ignoringSequences().";
    }

    /** Below the first line of the message. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        tables.forEach(table -> lines.addAll(table.lines()));
        sequences.forEach(sequence -> lines.add("  sequence " + sequence));
        definitions.forEach(definition -> lines.add("  " + definition.brief()));
        if (lines.size() <= LINES_MAX) {
            return lines;
        }
        List<String> some = new ArrayList<>(lines.subList(0, LINES_MAX));
        some.add("  and " + Amount.of(lines.size() - LINES_MAX, "more line") + "; ask the diff for all of them");
        return some;
    }
}
