// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads from the catalog how the tables of a schema look. */
public final class Shapes {

    private static final int TABLES_MAX = 5_000;

    /**
     * Partitions are read through the table that they are part of, so a row that moves between them has not changed. Types
     * whose hash sees each bit are hashed as they are; see {@link Column}.
     */
    private static final String SQL = """
            SELECT c.relname, c.relkind,
                   (SELECT coalesce(sum(pg_table_size(tree.relid)), 0)::bigint FROM (
                        SELECT c.oid AS relid WHERE c.relkind IN ('r', 'm')
                        UNION ALL SELECT p.relid::oid FROM pg_partition_tree(c.oid) p WHERE c.relkind = 'p') tree),
                   a.attname, format_type(a.atttypid, a.atttypmod),
                   coalesce((SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
                             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                             WHERE p.oid = y.typsend AND y.typtype IN ('b', 'e') AND y.typelem = 0), ''),
                   coalesce(y.typtype = 'b' AND y.typnamespace = 'pg_catalog'::regnamespace
                       AND y.typname = ANY ('{bool,int2,int4,oid,uuid,bytea,date,text,varchar,name,char,macaddr}')
                       AND coalesce(l.collisdeterministic, true), false),
                   (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
                    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = y.typoutput),
                   coalesce(y.typcategory NOT IN ('N', 'D', 'T', 'B'), true),
                   array_position(i.indkey::int2[], a.attnum)
            FROM pg_class c
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_type y ON y.oid = a.atttypid
            LEFT JOIN pg_collation l ON l.oid = a.attcollation
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?)
              AND c.relkind IN ('r', 'p', 'm', 'f')
              AND (NOT c.relispartition OR (SELECT r.relnamespace FROM pg_class r
                                            WHERE r.oid = pg_partition_root(c.oid)) <> c.relnamespace)
            ORDER BY c.relname, a.attnum
            """;

    private final Map<String, TableShape> tables = new TreeMap<>();

    private Shapes() {}

    /**
     * All tables and materialized views, by name in order.
     *
     * @throws ChaosException if there is no such schema, or if it has too many tables
     */
    public static Map<String, TableShape> of(ReadTransaction transaction, String schema) throws SQLException {
        oid(transaction, schema);
        Shapes shapes = new Shapes();
        Map<String, List<ColumnRow>> columns = new LinkedHashMap<>();
        transaction.queryAbout(schema, SQL, row -> {
            ColumnRow read = ColumnRow.of(row);
            columns.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(read);
            return true;
        });
        if (columns.size() > TABLES_MAX) {
            throw new ChaosException("Schema \"" + schema + "\" must have at most " + TABLES_MAX
                    + " tables to be captured, but has " + columns.size() + ". Capture a schema with fewer.");
        }
        columns.forEach((name, rows) -> shapes.tables.put(name, shape(name, rows)));
        return shapes.tables;
    }

    /** @throws ChaosException if there is no such schema */
    static String oid(ReadTransaction transaction, String schema) throws SQLException {
        String[] oid = new String[1];
        transaction.queryAbout(schema, "SELECT oid FROM pg_namespace WHERE nspname = ?", row -> {
            oid[0] = row.getString(1);
            return true;
        });
        if (oid[0] == null) {
            throw new ChaosException("Schema \"" + schema + "\" must be there to be captured, but is not. Give its name "
                    + "as the catalog has it: neither quoted nor folded.");
        }
        return oid[0];
    }

    private static TableShape shape(String name, List<ColumnRow> rows) {
        ColumnRow first = rows.get(0);
        List<Column> columns = rows.stream().filter(ColumnRow::isThere).map(ColumnRow::column).toList();
        List<String> key = rows.stream()
                .filter(row -> row.keyPlace() >= 0)
                .sorted((a, b) -> Integer.compare(a.keyPlace(), b.keyPlace()))
                .map(row -> row.column().name())
                .toList();
        return new TableShape(name, first.kind(), first.bytes(), columns, key);
    }

    /**
     * One row of the answer.
     *
     * @param isThere whether there is a column at all
     * @param keyPlace where in the primary key; -1 if it is no part of it
     */
    private record ColumnRow(char kind, long bytes, boolean isThere, Column column, int keyPlace) {
        static ColumnRow of(ResultSet row) throws SQLException {
            char kind = row.getString(2).charAt(0);
            long bytes = row.getLong(3);
            boolean isThere = row.getString(4) != null;
            Column column = isThere
                    ? new Column(
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getBoolean(7),
                            row.getString(8),
                            row.getBoolean(9))
                    : new Column("", "", "", true, "", true);
            int place = row.getInt(10);
            return new ColumnRow(kind, bytes, isThere, column, row.wasNull() ? -1 : place);
        }
    }
}
