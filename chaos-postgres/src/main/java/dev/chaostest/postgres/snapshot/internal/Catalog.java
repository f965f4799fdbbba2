// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.SQLException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what is defined in a schema. */
public final class Catalog {

    private static final int ENTRIES_MAX = 200_000;

    private Catalog() {}

    /**
     * The description of each thing, by its name.
     *
     * @throws ChaosException if there is no such schema, or too much in it
     */
    public static SortedMap<String, String> read(ReadTransaction transaction, String schema) throws SQLException {
        String oid = Shapes.oid(transaction, schema);
        transaction.seeFirst("pg_catalog, " + SchemaName.quote(schema) + ", pg_temp");
        SortedMap<String, String> entries = new TreeMap<>();
        for (String sql : CatalogSql.ALL) {
            transaction.query(sql.replace(CatalogSql.OID, oid), row -> {
                String text = row.getString(2) == null ? "" : row.getString(2);
                entries.merge(row.getString(1), text, Catalog::both);
                return true;
            });
            if (entries.size() > ENTRIES_MAX) {
                throw new ChaosException("Schema \"" + schema + "\" must define at most " + ENTRIES_MAX
                        + " things to be captured, but defines more. Capture a schema with fewer.");
            }
        }
        transaction.seeFirst("pg_catalog, pg_temp");
        return Collections.unmodifiableSortedMap(entries);
    }

    /** What has the same name must not hide what was read first; in an order of its own. */
    private static String both(String one, String other) {
        return one.compareTo(other) <= 0 ? one + "; " + other : other + "; " + one;
    }
}
