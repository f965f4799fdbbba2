// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for values that are there twice behind a unique index, without believing the index. */
final class UniqueIndexes {

    private static final String INDEXES = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), pg_catalog.quote_ident(x.relname),
                   CASE t.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END,
                   ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true)
                                || coalesce((SELECT pg_catalog.format(' COLLATE %I.%I', con.nspname, co.collname)
                                             FROM pg_catalog.pg_collation co
                                             JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace
                                             WHERE co.oid = i.indcollation[k - 1]), '')
                         FROM pg_catalog.generate_series(1, i.indnkeyatts::int) AS k ORDER BY k),
                   pg_catalog.pg_get_expr(i.indpred, i.indrelid), i.indnullsnotdistinct, i.indisexclusion
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = ? AND (i.indisunique OR i.indisexclusion) AND t.relkind IN ('r', 'p', 'm')
              AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.indexrelid)
            ORDER BY 1, 2
            """;

    private UniqueIndexes() {}

    private record Unique(
            String table,
            String name,
            String only,
            List<String> keys,
            @Nullable String predicate,
            boolean isNullAValue) {

        static Unique of(ResultSet row) throws SQLException {
            return new Unique(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    List.of((String[]) row.getArray(4).getArray()),
                    row.getString(5),
                    row.getBoolean(6));
        }

        String sql() {
            List<String> names = IntStream.rangeClosed(1, keys.size())
                    .mapToObj(i -> "key" + i)
                    .toList();
            String selected = IntStream.range(0, keys.size())
                    .mapToObj(i -> keys.get(i) + " AS " + names.get(i))
                    .collect(Collectors.joining(", "));
            String wanted = Stream.of(
                            isNullAValue ? "" : "pg_catalog.num_nulls(" + String.join(", ", keys) + ") = 0",
                            predicate == null ? "" : "(" + predicate + ")")
                    .filter(each -> !each.isEmpty())
                    .collect(Collectors.joining(" AND "));
            String joined = String.join(", ", names);
            // Grouped outside of the table: by its own columns, the planner would leave out what a primary key
            // "decides".
            return "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("ROW(" + joined + ")::text")
                    + " || ' ' || pg_catalog.count(*) || ' times' FROM (SELECT " + selected
                    + " FROM " + only + table + (wanted.isEmpty() ? "" : " WHERE " + wanted)
                    + " OFFSET 0) AS found GROUP BY "
                    + joined + " HAVING pg_catalog.count(*) > 1 ORDER BY 2 LIMIT " + Evidence.EXAMPLES_MAX;
        }
    }

    static void examine(Examination examination) throws SQLException {
        List<Unique> indexes = new ArrayList<>();
        examination.catalogue(INDEXES, row -> {
            Unique index = Unique.of(row);
            boolean isExclusion = row.getBoolean(7);
            if (isExclusion) {
                examination.unchecked("exclusion constraint " + index.name() + " of " + index.table());
            } else {
                indexes.add(index);
            }
        });
        for (Unique index : indexes) {
            examination.step(
                    index.table(),
                    "unique index " + index.name(),
                    () -> examination
                            .evidence(index.sql())
                            .ifPresent(values ->
                                    examination.add(new Finding.Duplicates(index.table(), index.name(), values))));
        }
    }
}
