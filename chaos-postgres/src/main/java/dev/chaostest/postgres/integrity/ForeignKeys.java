// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Looks for rows that refer to nothing, by every foreign key from or to a table of the schema. */
final class ForeignKeys {

    /** Keys of partitions are checked with the partitioned table. */
    private static final String KEYS = """
            SELECT pg_catalog.format('%I.%I', cn.nspname, child.relname),
                   pg_catalog.quote_ident(k.conname),
                   pg_catalog.format('%I.%I', pn.nspname, parent.relname),
                   CASE child.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END,
                   CASE parent.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END,
                   (SELECT pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) f.%I',
                                   pa.attname, opn.nspname, op.oprname, ca.attname), ' AND ')
                    FROM unnest(k.conkey, k.confkey, k.conpfeqop) AS pair (child, parent, operator)
                    JOIN pg_catalog.pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = pair.child
                    JOIN pg_catalog.pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = pair.parent
                    JOIN pg_catalog.pg_operator op ON op.oid = pair.operator
                    JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace),
                   (SELECT pg_catalog.string_agg(pg_catalog.format('f.%I', ca.attname), ', ')
                    FROM unnest(k.conkey) AS pair (child)
                    JOIN pg_catalog.pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = pair.child),
                   k.confmatchtype = 'f',
                   coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false),
                   coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true)
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_class child ON child.oid = k.conrelid
            JOIN pg_catalog.pg_namespace cn ON cn.oid = child.relnamespace
            JOIN pg_catalog.pg_class parent ON parent.oid = k.confrelid
            JOIN pg_catalog.pg_namespace pn ON pn.oid = parent.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0 AND (cn.nspname = ? OR pn.nspname = ?)
            ORDER BY 1, 2
            """;

    private ForeignKeys() {}

    /**
     * One key.
     *
     * @param matches the condition, with {@code p} for the parent and {@code f} for the child
     * @param columns of the child
     * @param isFull whether a row with some NULLs violates it, too
     */
    private record Key(
            String child,
            String name,
            String parent,
            String childOnly,
            String parentOnly,
            String matches,
            String columns,
            boolean isFull) {

        static Key of(ResultSet row) throws SQLException {
            return new Key(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getBoolean(8));
        }

        /** Asks for NULLs by a function: the planner believes that a NOT NULL column has none. */
        String sql() {
            String refers = isFull
                    ? "pg_catalog.num_nonnulls(" + columns + ") > 0"
                    : "pg_catalog.num_nulls(" + columns + ") = 0";
            return "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("(f.*)::text") + " FROM "
                    + childOnly + child + " AS f WHERE " + refers + " AND NOT EXISTS (SELECT 1 FROM " + parentOnly
                    + parent
                    + " AS p WHERE " + matches + ") ORDER BY 2 LIMIT " + Evidence.EXAMPLES_MAX;
        }
    }

    static void examine(Examination examination) throws SQLException {
        List<Key> keys = new ArrayList<>();
        examination.catalogue(KEYS, row -> {
            Key key = Key.of(row);
            boolean isTemporal = row.getBoolean(9);
            boolean isEnforced = row.getBoolean(10);
            if (isTemporal) {
                examination.unchecked("foreign key " + key.name() + " of " + key.child() + ", it is over periods");
            } else if (isEnforced) {
                keys.add(key);
            }
        });
        for (Key key : keys) {
            examination.step(
                    key.child(),
                    "foreign key " + key.name(),
                    () -> examination
                            .evidence(key.sql())
                            .ifPresent(rows ->
                                    examination.add(new Finding.Orphans(key.child(), key.name(), key.parent(), rows))));
        }
    }
}
