// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Text in aligned columns, for people.
 *
 * @param rows the heading first; all of the same length
 */
public record Table(List<List<String>> rows) {

    private static final String GAP = "  ";
    private static final int NUMBER_MAX = 12;

    public Table {
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** One line a row. Columns of numbers are aligned at their right; the last column is as wide as it is. */
    public List<String> lines() {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < rows.get(0).size(); i++) {
            int column = i;
            columns.add(Column.of(rows.stream().map(row -> row.get(column)).toList()));
        }
        return rows.stream().map(row -> line(row, columns)).toList();
    }

    private static String line(List<String> row, List<Column> columns) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(columns.get(i).padded(row.get(i)));
        }
        return line.toString().stripTrailing();
    }

    private record Column(int width, boolean isOfNumbers) {

        static Column of(List<String> cells) {
            int width = cells.stream().mapToInt(String::length).max().orElse(0);
            boolean numbers = cells.stream().skip(1).allMatch(Column::isNumber);
            return new Column(width, numbers);
        }

        private static boolean isNumber(String cell) {
            return cell.length() <= NUMBER_MAX && cell.chars().allMatch(Character::isDigit);
        }

        String padded(String cell) {
            String blanks = " ".repeat(width - cell.length());
            return isOfNumbers ? blanks + cell : cell + blanks;
        }
    }
}
