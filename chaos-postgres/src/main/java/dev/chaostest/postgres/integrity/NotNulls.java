// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks for NULLs in columns that are NOT NULL. */
final class NotNulls {

    private static final String COLUMNS = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), pg_catalog.quote_ident(t.relname),
                   pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class t ON t.oid = a.attrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = ? AND t.relkind = 'r' AND a.attnotnull AND a.attnum > 0 AND NOT a.attisdropped
            GROUP BY 1, 2
            ORDER BY 1
            """;

    private NotNulls() {}

    private record Table(String name, String unqualified, List<String> columns) {

        /** By a function: from PostgreSQL 17 on, the planner answers IS NULL without a look, since it can't be. */
        String counts() {
            return "SELECT "
                    + columns.stream()
                            .map(column -> "coalesce(pg_catalog.sum(pg_catalog.num_nulls(" + unqualified + "." + column
                                    + ")), 0)")
                            .collect(Collectors.joining(", "))
                    + " FROM ONLY " + name;
        }

        String examples(String column) {
            return "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("(" + unqualified + ".*)::text")
                    + " FROM ONLY " + name + " WHERE pg_catalog.num_nulls(" + unqualified + "."
                    + column + ") > 0 ORDER BY 2 LIMIT " + Evidence.EXAMPLES_MAX;
        }
    }

    static void examine(Examination examination) throws SQLException {
        List<Table> tables = new ArrayList<>();
        examination.catalogue(
                COLUMNS,
                row -> tables.add(new Table(row.getString(1), row.getString(2), List.of((String[])
                        row.getArray(3).getArray()))));
        for (Table table : tables) {
            examination.step(table.name(), "NOT NULL", () -> look(examination, table));
        }
    }

    private static void look(Examination examination, Table table) throws SQLException {
        List<String> broken = new ArrayList<>();
        examination.query(table.counts(), row -> {
            for (int i = 0; i < table.columns().size(); i++) {
                if (row.getLong(i + 1) > 0) {
                    broken.add(table.columns().get(i));
                }
            }
        });
        for (String column : broken) {
            examination
                    .evidence(table.examples(column))
                    .ifPresent(rows -> examination.add(new Finding.Nulls(table.name(), column, rows)));
        }
    }
}
