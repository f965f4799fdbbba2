// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Has the extension {@code amcheck} look at every heap and every B-tree, where it is installed in the database. */
final class Amcheck {

    private static final String EXTENSION = """
            SELECT pg_catalog.quote_ident(n.nspname),
                   (SELECT pg_catalog.max(p.pronargs) FROM pg_catalog.pg_proc p
                    WHERE p.pronamespace = e.extnamespace AND p.proname = 'bt_index_check')
            FROM pg_catalog.pg_extension e
            JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'amcheck'
            """;

    /** A large value's table has no schema of its own to find it by. */
    private static final String HEAPS = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), t.oid
            FROM pg_catalog.pg_class t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            JOIN pg_catalog.pg_am a ON a.oid = t.relam
            WHERE n.nspname = ? AND t.relkind IN ('r', 'm') AND a.amname = 'heap'
            ORDER BY 1
            """;

    private static final String TREES = """
            SELECT pg_catalog.format('%I.%I', n.nspname, x.relname), x.oid
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
            JOIN pg_catalog.pg_am a ON a.oid = x.relam
            WHERE n.nspname = ? AND x.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid AND i.indisready
            ORDER BY 1
            """;

    private Amcheck() {}

    private record Relation(String name, long oid) {}

    static void examine(Examination examination) throws SQLException {
        List<String> schema = new ArrayList<>();
        int[] arguments = new int[1];
        examination.catalogue(EXTENSION, row -> {
            schema.add(row.getString(1));
            arguments[0] = row.getInt(2);
        });
        if (!schema.isEmpty()) {
            heaps(examination, schema.get(0));
            trees(examination, schema.get(0) + ".bt_index_check(%d, true" + (arguments[0] > 2 ? ", true)" : ")"));
        }
    }

    private static void heaps(Examination examination, String extension) throws SQLException {
        for (Relation heap : relations(examination, HEAPS)) {
            String sql = "SELECT blkno, offnum, msg FROM " + extension + ".verify_heapam(" + heap.oid() + ") LIMIT "
                    + Evidence.EXAMPLES_MAX;
            examination.step(
                    heap.name(),
                    "amcheck",
                    () -> examination.query(
                            sql,
                            row -> examination.add(new Finding.Corruption(
                                    heap.name(),
                                    "",
                                    "row (" + row.getLong(1) + "," + row.getInt(2) + "): " + row.getString(3)))));
        }
    }

    private static void trees(Examination examination, String call) throws SQLException {
        for (Relation tree : relations(examination, TREES)) {
            examination.step(
                    tree.name(),
                    "amcheck",
                    () -> examination.query("SELECT " + call.replace("%d", Long.toString(tree.oid())), row -> {}));
        }
    }

    private static List<Relation> relations(Examination examination, String sql) throws SQLException {
        List<Relation> relations = new ArrayList<>();
        examination.catalogue(sql, row -> relations.add(new Relation(row.getString(1), row.getLong(2))));
        return relations;
    }
}
