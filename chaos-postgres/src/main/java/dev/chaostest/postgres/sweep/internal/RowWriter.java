// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes rows of tables as an image has them, all rows of a table at once: they may refer to each other. */
record RowWriter(Connection connection) {

    /** Those that are where they were seen. */
    void remove(KeptTable table, List<ImageRow> rows) throws SQLException {
        if (rows.isEmpty() || table.materialized()) {
            return;
        }
        String places = rows.stream().map(ImageRow::place).collect(Collectors.joining("\",\"", "{\"", "\"}"));
        try (PreparedStatement statement = connection.prepareStatement(
                "DELETE FROM ONLY " + table.quoted() + " WHERE ctid = ANY (?::pg_catalog.tid[])")) {
            statement.setString(1, places);
            statement.executeUpdate();
        }
    }

    void add(KeptTable table, List<ImageRow> rows) throws SQLException {
        if (rows.isEmpty() || table.materialized()) {
            return;
        }
        List<Integer> written = places(table, column -> !column.generated());
        try (PreparedStatement statement = connection.prepareStatement(insert(table, written))) {
            bind(statement, rows, written);
            statement.executeUpdate();
        }
    }

    private static String insert(KeptTable table, List<Integer> written) {
        if (written.isEmpty()) {
            return "INSERT INTO " + table.quoted() + " DEFAULT VALUES";
        }
        String names = written.stream().map(place -> name(table, place)).collect(Collectors.joining(", "));
        String values = written.stream().map(place -> value(table, place)).collect(Collectors.joining(", "));
        return "INSERT INTO " + table.quoted() + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT " + values + " FROM "
                + rows(written);
    }

    /** Those that were there before, by their primary key. */
    void change(KeptTable table, Collection<Pairs.Pair> pairs) throws SQLException {
        List<Integer> cells = places(table, column -> !column.generated() && !column.key());
        if (pairs.isEmpty() || cells.isEmpty()) {
            return;
        }
        List<Integer> read = places(table, column -> !column.generated());
        String values = cells.stream()
                .map(place -> name(table, place) + " = " + value(table, place))
                .collect(Collectors.joining(", "));
        String same = table.key().stream()
                .map(place -> "t." + name(table, place) + " = " + value(table, place))
                .collect(Collectors.joining(" AND "));
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ONLY " + table.quoted() + " AS t SET " + values + " FROM " + rows(read) + " WHERE " + same)) {
            bind(statement, pairs.stream().map(Pairs.Pair::before).toList(), read);
            statement.executeUpdate();
        }
    }

    private static List<Integer> places(KeptTable table, Predicate<KeptColumn> wanted) {
        return IntStream.range(0, table.columns().size())
                .filter(place -> wanted.test(table.columns().get(place)))
                .boxed()
                .toList();
    }

    private void bind(PreparedStatement statement, List<ImageRow> rows, List<Integer> places) throws SQLException {
        for (int i = 0; i < places.size(); i++) {
            int place = places.get(i);
            Object[] cells = rows.stream().map(row -> row.cells().get(place)).toArray();
            statement.setArray(i + 1, connection.createArrayOf("text", cells));
        }
    }

    private static String name(KeptTable table, int place) {
        return SchemaName.quote(table.columns().get(place).name());
    }

    private static String value(KeptTable table, int place) {
        return "r.c" + place + "::" + table.columns().get(place).type();
    }

    private static String rows(List<Integer> places) {
        String arrays =
                places.stream().map(place -> "pg_catalog.unnest(?::text[])").collect(Collectors.joining(", "));
        return "ROWS FROM (" + arrays + ") AS r("
                + places.stream().map(place -> "c" + place).collect(Collectors.joining(", ")) + ")";
    }
}
