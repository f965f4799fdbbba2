// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the rows that are different. */
record Differ(Side before, Side after, Matching matching) {

    List<Difference> differences() {
        return switch (matching.way()) {
            case COUNTED -> counted();
            case PLACED -> placed();
            case KEYED -> keyed(false);
            case KEYED_AND_PLACED -> keyed(true);
        };
    }

    private boolean isSame(Row old, Row now) {
        if (!matching.needsCells()) {
            return old.rest(before.columns()).equals(now.rest(after.columns()));
        }
        return before.columns().shown().stream()
                .allMatch(label ->
                        matching.isEqual(label, old.cell(before.columns(), label), now.cell(after.columns(), label)));
    }

    private List<Difference> counted() {
        Map<Digest, List<Row>> left = new LinkedHashMap<>();
        before.rows()
                .forEach(row -> left.computeIfAbsent(row.rest(before.columns()), digest -> new ArrayList<>())
                        .add(row));
        Map<Digest, List<Row>> added = new LinkedHashMap<>();
        for (Row row : after.rows()) {
            Digest digest = row.rest(after.columns());
            List<Row> equal = left.getOrDefault(digest, List.of());
            if (equal.isEmpty()) {
                added.computeIfAbsent(digest, any -> new ArrayList<>()).add(row);
            } else {
                equal.remove(equal.size() - 1);
            }
        }
        List<Difference> differences = new ArrayList<>();
        left.values().stream()
                .filter(rows -> !rows.isEmpty())
                .forEach(rows -> differences.add(Difference.removed(shown(rows), rows.size())));
        added.values().forEach(rows -> differences.add(Difference.added(shown(rows), rows.size())));
        return differences;
    }

    /** Of equal rows one that says what is in it. */
    private static Row shown(List<Row> equal) {
        return equal.stream().filter(Row::isWhole).findFirst().orElse(equal.get(0));
    }

    /** What is equal at both ends is no difference; what is between is compared row by row. */
    private List<Difference> placed() {
        List<Row> old = before.rows();
        List<Row> now = after.rows();
        int shorter = Math.min(old.size(), now.size());
        int head = 0;
        while (head < shorter && isSame(old.get(head), now.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head && isSame(old.get(old.size() - 1 - tail), now.get(now.size() - 1 - tail))) {
            tail++;
        }
        List<Difference> differences = new ArrayList<>();
        for (int i = head; i < shorter - tail; i++) {
            if (!isSame(old.get(i), now.get(i))) {
                differences.add(Difference.changed(old.get(i), now.get(i)));
            }
        }
        old.subList(shorter - tail, old.size() - tail).forEach(row -> differences.add(Difference.removed(row, 1)));
        now.subList(shorter - tail, now.size() - tail).forEach(row -> differences.add(Difference.added(row, 1)));
        return differences;
    }

    private List<Difference> keyed(boolean inOrder) {
        Map<Digest, Row> old = KeyedRows.of(before.snapshot(), before.columns()).byKey();
        Map<Digest, Row> now = KeyedRows.of(after.snapshot(), after.columns()).byKey();
        List<Difference> changed = new ArrayList<>();
        List<Difference> differences = new ArrayList<>();
        old.forEach((key, row) -> {
            Row other = now.get(key);
            if (other == null) {
                differences.add(Difference.removed(row, 1));
            } else if (!isSame(row, other)) {
                changed.add(Difference.changed(row, other));
            }
        });
        now.forEach((key, row) -> {
            if (!old.containsKey(key)) {
                differences.add(Difference.added(row, 1));
            }
        });
        changed.addAll(differences);
        if (inOrder) {
            moved(old, now).forEach(changed::add);
        }
        return changed;
    }

    /** The fewest rows that must go elsewhere to have the old order. */
    private static List<Difference> moved(Map<Digest, Row> old, Map<Digest, Row> now) {
        List<Digest> common = old.keySet().stream().filter(now::containsKey).toList();
        List<Integer> places = common.stream().map(key -> place(now, key)).toList();
        Set<Integer> stayed = new HashSet<>(Rise.longest(places));
        List<Difference> moved = new ArrayList<>();
        for (Digest key : common) {
            Row row = old.get(key);
            Row other = now.get(key);
            if (row != null && other != null && !stayed.contains(other.number())) {
                moved.add(Difference.moved(row, other));
            }
        }
        return moved;
    }

    private static int place(Map<Digest, Row> rows, Digest key) {
        Row row = rows.get(key);
        return row == null ? 0 : row.number();
    }
}
