// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads all tables and sequences in one statement, so at one moment and in one round trip. */
final class ImageQuery {

    /**
     * Counts and sums that change with every definition: what is in the schemas, and in which transactions its parts were
     * written last. Not of pg_class, whose rows TRUNCATE and VACUUM write, too.
     */
    private static final String DEFINITIONS = """
            WITH o AS MATERIALIZED (
              SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
              WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid IN (
                SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN (@))),
            r AS MATERIALIZED (
              SELECT objid FROM o WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
            SELECT #, NULL, pg_catalog.concat_ws(' ',
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(objid::pg_catalog.int8) FROM o),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(a.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_attribute a JOIN r ON a.attrelid = r.objid),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(k.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_constraint k JOIN r ON k.conrelid = r.objid),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(i.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_index i JOIN r ON i.indrelid = r.objid),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(t.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_trigger t JOIN r ON t.tgrelid = r.objid),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(v.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_attrdef v JOIN r ON v.adrelid = r.objid),
              (SELECT pg_catalog.count(*) || ' ' || pg_catalog.sum(p.xmin::text::pg_catalog.int8)
               FROM pg_catalog.pg_proc p JOIN o ON p.oid = o.objid
               AND o.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass))""";

    /** So that a test which never stops writing does not take the memory of the JVM. */
    private static final int ROWS_MAX = 200_000;

    private final Shape shape;
    private final int width;
    private final String sql;

    ImageQuery(Shape shape) {
        this.shape = shape;
        this.width = Math.max(
                2,
                shape.tables().stream()
                        .mapToInt(table -> table.columns().size())
                        .max()
                        .orElse(0));
        this.sql = sql();
    }

    private String sql() {
        List<String> parts = new ArrayList<>();
        int number = 0;
        for (KeptTable table : shape.tables()) {
            List<String> cells = table.columns().stream()
                    .map(column -> "t." + SchemaName.quote(column.name()) + "::text")
                    .toList();
            String only = table.materialized() ? "" : "ONLY ";
            parts.add(part(number++, "t.ctid::text", cells, only + table.quoted() + " t"));
        }
        for (KeptSequence sequence : shape.sequences()) {
            parts.add(part(
                    number++, "NULL", List.of("t.last_value::text", "t.is_called::text"), sequence.quoted() + " t"));
        }
        String schemas = shape.schemas().isEmpty()
                ? "NULL"
                : String.join(
                        ", ",
                        shape.schemas().stream()
                                .map(schema -> "'" + schema.replace("'", "''") + "'")
                                .toList());
        parts.add("(" + DEFINITIONS.replace("#", String.valueOf(number)).replace("@", schemas)
                + ", NULL".repeat(width - 1) + ")");
        return String.join("\nUNION ALL ", parts);
    }

    private String part(int number, String place, List<String> cells, String from) {
        return "SELECT " + number + ", " + place + ", " + String.join(", ", cells)
                + ", NULL".repeat(width - cells.size()) + " FROM " + from;
    }

    /**
     * Reads them.
     *
     * @throws ChaosException if they are too many
     */
    Image run(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setMaxRows(ROWS_MAX + 1);
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows);
            }
        }
    }

    private Image read(ResultSet rows) throws SQLException {
        Map<KeptTable, List<ImageRow>> tables = new HashMap<>();
        Map<KeptSequence, KeptSequence.Position> positions = new HashMap<>();
        String definitions = "";
        int count = shape.tables().size();
        while (rows.next()) {
            if (rows.getRow() > ROWS_MAX) {
                throw new ChaosException(
                        "The tables of a sweep must be small enough to be compared after each round, but have "
                                + "more than " + ROWS_MAX + " rows in all. Sweep with the rows that the test needs.");
            }
            int number = rows.getInt(1);
            if (number < count) {
                KeptTable table = shape.tables().get(number);
                tables.computeIfAbsent(table, any -> new ArrayList<>()).add(row(rows, table));
            } else if (number - count < shape.sequences().size()) {
                positions.put(
                        shape.sequences().get(number - count),
                        new KeptSequence.Position(
                                Long.parseLong(rows.getString(3)),
                                rows.getString(4).equals("true")));
            } else {
                definitions = rows.getString(3);
            }
        }
        return new Image(tables, positions, definitions);
    }

    private static ImageRow row(ResultSet rows, KeptTable table) throws SQLException {
        List<@Nullable String> cells = new ArrayList<>(table.columns().size());
        for (int i = 0; i < table.columns().size(); i++) {
            cells.add(rows.getString(i + 3));
        }
        return new ImageRow(rows.getString(2), cells);
    }
}
