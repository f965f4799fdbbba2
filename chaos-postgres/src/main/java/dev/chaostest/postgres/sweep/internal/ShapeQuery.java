// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what there is to be kept. What belongs to an extension is not the test's. */
final class ShapeQuery {

    private static final String OURS =
            " n.nspname = ANY (?) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid"
                    + " AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e') ";

    private static final String COLUMNS = """
            SELECT n.nspname, c.relname, c.relkind = 'm', a.attname,
                   pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
                   EXISTS (SELECT FROM pg_catalog.pg_constraint p
                           WHERE p.conrelid = c.oid AND p.contype = 'p' AND a.attnum = ANY (p.conkey))
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated) AND""" + OURS + """
            ORDER BY 1, 2, a.attnum
            """;

    private static final String SEQUENCES = """
            SELECT n.nspname, c.relname, s.seqincrement, s.seqmin, s.seqmax, s.seqcache > 1
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
            WHERE""" + OURS + "ORDER BY 1, 2";

    private static final String FOREIGN_KEYS = """
            SELECT n.nspname, c.relname, a.attname, fn.nspname, f.relname, fa.attname
            FROM pg_catalog.pg_constraint k
            CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey))
              AS pair(near, far)
            JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.near
            JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
            JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
            JOIN pg_catalog.pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = pair.far
            WHERE k.contype = 'f' AND""" + OURS + "ORDER BY k.oid, pair.near";

    private final Connection connection;
    private final List<String> schemas;

    private ShapeQuery(Connection connection, List<String> schemas) {
        this.connection = connection;
        this.schemas = schemas;
    }

    static Shape run(Connection connection, List<String> schemas) throws SQLException {
        ShapeQuery query = new ShapeQuery(connection, schemas);
        List<ForeignKey> keys = new ArrayList<>();
        Map<String, List<String>> parents = new HashMap<>();
        query.foreignKeys(keys, parents);
        List<KeptTable> tables = query.tables(new Ranks(parents));
        return new Shape(schemas, tables, query.sequences(), keys);
    }

    private ResultSet rows(PreparedStatement statement) throws SQLException {
        statement.setArray(1, connection.createArrayOf("text", schemas.toArray()));
        return statement.executeQuery();
    }

    /** The schema of a test has another name each time. */
    private String label(ResultSet rows, int column) throws SQLException {
        String name = rows.getString(column + 1);
        return schemas.size() == 1 ? name : rows.getString(column) + "." + name;
    }

    private List<KeptTable> tables(Ranks ranks) throws SQLException {
        Map<String, KeptTable> found = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS);
                ResultSet rows = rows(statement)) {
            while (rows.next()) {
                String name = label(rows, 1);
                KeptTable before = found.get(name);
                List<KeptColumn> columns = new ArrayList<>(before == null ? List.of() : before.columns());
                columns.add(
                        new KeptColumn(rows.getString(4), rows.getString(5), rows.getBoolean(6), rows.getBoolean(7)));
                found.put(
                        name,
                        new KeptTable(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getBoolean(3),
                                name,
                                columns,
                                ranks.of(name)));
            }
        }
        return found.values().stream()
                .sorted(Comparator.comparingInt(KeptTable::rank))
                .toList();
    }

    private List<KeptSequence> sequences() throws SQLException {
        List<KeptSequence> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SEQUENCES);
                ResultSet rows = rows(statement)) {
            while (rows.next()) {
                found.add(new KeptSequence(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getLong(3),
                        rows.getLong(4),
                        rows.getLong(5),
                        rows.getBoolean(6)));
            }
        }
        return found;
    }

    private void foreignKeys(List<ForeignKey> keys, Map<String, List<String>> parents) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FOREIGN_KEYS);
                ResultSet rows = rows(statement)) {
            while (rows.next()) {
                String child = label(rows, 1);
                String parent = label(rows, 4);
                keys.add(new ForeignKey(child + "." + rows.getString(3), parent + "." + rows.getString(6)));
                parents.computeIfAbsent(child, any -> new ArrayList<>()).add(parent);
            }
        }
    }

    /** How many others stand before each table, at most; a ring of tables has no order, and gets any. */
    private record Ranks(Map<String, List<String>> parents) {

        int of(String table) {
            return of(table, List.of());
        }

        private int of(String table, List<String> below) {
            if (below.contains(table)) {
                return 0;
            }
            List<String> way = new ArrayList<>(below);
            way.add(table);
            return parents.getOrDefault(table, List.of()).stream()
                    .mapToInt(parent -> of(parent, way) + 1)
                    .max()
                    .orElse(0);
        }
    }
}
