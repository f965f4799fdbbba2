// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.snapshot.SnapshotDiff.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Prints a diff: the counts, some rows, where the rest is. */
record DiffText(Side before, Side after, Matching matching, List<Difference> differences) {

    private static final int ROWS_SHOWN = 20;
    private static final int NAME_WIDTH_MAX = 40;

    /** @param advice how to see the rows that are not shown */
    String message(String advice) {
        List<Difference> shown = shown();
        int more = differences.size() - shown.size();
        return message(shown, more > 0 ? "rest    : " + more(more) + "; " + advice : null);
    }

    /** @param written where all rows are */
    String message(Path written) {
        List<Difference> shown = shown();
        int more = differences.size() - shown.size();
        return message(
                shown, more > 0 ? "rest    : " + more(more) + "; all are in " + written : "file    : " + written);
    }

    private static String more(int lines) {
        return Amount.of(lines, "more line");
    }

    private String message(List<Difference> shown, @Nullable String last) {
        List<String> lines = new ArrayList<>(List.of(counts()));
        lines.addAll(lines(shown));
        digests().forEach(lines::add);
        if (last != null) {
            lines.add("  " + last);
        }
        return String.join("\n", lines);
    }

    /** All lines, nothing cut; made one by one, since they may be many. */
    Stream<String> all() {
        RowText text = new RowText(before, after, matching, true);
        return Stream.concat(
                Stream.concat(Stream.of(counts()), digests()),
                differences.stream().map(difference -> line(difference, text, 0)));
    }

    private String counts() {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        differences.forEach(difference -> counts.merge(difference.kind(), difference.times(), Integer::sum));
        return "Snapshot \"" + before.snapshot().name() + "\" must be as it was, but of its rows "
                + counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + word(entry.getKey()))
                        .collect(Collectors.joining(", "))
                + " (" + before.rows().size() + " before, " + after.rows().size()
                + " after). For a column that may change use ignoring(...).";
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private Stream<String> digests() {
        long old = before.snapshot().digests();
        long now = after.snapshot().digests();
        return old + now == 0
                ? Stream.empty()
                : Stream.of(
                        "  digests : " + Amount.of(old, "row") + " before and " + now + " after are beyond the bound");
    }

    /** Each kind gets its share of the lines first, so that many of one don't hide the others. */
    private List<Difference> shown() {
        Map<Kind, List<Difference>> byKind = differences.stream()
                .collect(Collectors.groupingBy(Difference::kind, () -> new EnumMap<>(Kind.class), Collectors.toList()));
        int spare = ROWS_SHOWN;
        List<Difference> shown = new ArrayList<>();
        List<List<Difference>> kinds = byKind.values().stream()
                .sorted((a, b) -> Integer.compare(a.size(), b.size()))
                .toList();
        for (int i = 0; i < kinds.size(); i++) {
            List<Difference> some =
                    kinds.get(i).subList(0, Math.min(kinds.get(i).size(), spare / (kinds.size() - i)));
            spare -= some.size();
            shown.addAll(some);
        }
        shown.sort((a, b) -> a.kind().compareTo(b.kind())); // stable: within a kind as found
        return shown;
    }

    private List<String> lines(List<Difference> shown) {
        RowText text = new RowText(before, after, matching, false);
        int width = shown.stream()
                .mapToInt(difference -> text.name(difference).length())
                .max()
                .orElse(0);
        return shown.stream()
                .map(difference -> line(difference, text, Math.min(width, NAME_WIDTH_MAX)))
                .toList();
    }

    private static String line(Difference difference, RowText text, int width) {
        String name = text.name(difference);
        return "  " + word(difference.kind())
                + " ".repeat(8 - difference.kind().name().length()) + ": " + name
                + " ".repeat(Math.max(0, width - name.length())) + "  " + text.details(difference);
    }
}
