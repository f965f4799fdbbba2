// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Undoes what is different, in one transaction: rows that were added go, those that were removed come back, sequences are set
 * back. With the right to it neither triggers nor foreign keys act meanwhile; without it tables take their turns, and who asks
 * looks again afterwards.
 *
 * <p>Source: PostgreSQL documentation, session_replication_role.
 */
final class Restoration {

    private final Connection connection;
    private final boolean quiet;

    /** @param quiet whether the role may keep triggers and foreign keys from acting */
    Restoration(Connection connection, boolean quiet) {
        this.connection = connection;
        this.quiet = quiet;
    }

    void run(Delta delta) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION READ WRITE; "
                    + (quiet ? "SET LOCAL session_replication_role = replica" : "SET CONSTRAINTS ALL DEFERRED"));
            List<KeptTable> childrenFirst = new ArrayList<>(delta.tables().keySet());
            Collections.reverse(childrenFirst);
            for (KeptTable table : childrenFirst) {
                remove(table, rows(delta, table).added());
            }
            for (KeptTable table : delta.tables().keySet()) {
                add(table, rows(delta, table).removed());
            }
            for (KeptTable table : delta.tables().keySet()) {
                if (table.materialized()) {
                    statement.execute("REFRESH MATERIALIZED VIEW " + table.quoted());
                }
            }
            for (Map.Entry<KeptSequence, KeptSequence.Position> each : delta.positions().entrySet()) {
                set(each.getKey(), each.getValue());
            }
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    private static Delta.Rows rows(Delta delta, KeptTable table) {
        return delta.tables().getOrDefault(table, new Delta.Rows(List.of(), List.of()));
    }

    private void remove(KeptTable table, List<ImageRow> rows) throws SQLException {
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

    /** All rows of a table at once: they may refer to each other. */
    private void add(KeptTable table, List<ImageRow> rows) throws SQLException {
        if (rows.isEmpty() || table.materialized()) {
            return;
        }
        List<Integer> written = IntStream.range(0, table.columns().size())
                .filter(place -> !table.columns().get(place).generated())
                .boxed()
                .toList();
        try (PreparedStatement statement = connection.prepareStatement(insert(table, written))) {
            for (int i = 0; i < written.size(); i++) {
                int place = written.get(i);
                statement.setArray(
                        i + 1,
                        connection.createArrayOf(
                                "text",
                                rows.stream().map(row -> row.cells().get(place)).toArray()));
            }
            statement.executeUpdate();
        }
    }

    private static String insert(KeptTable table, List<Integer> written) {
        if (written.isEmpty()) {
            return "INSERT INTO " + table.quoted() + " DEFAULT VALUES";
        }
        String names = written.stream()
                .map(place -> SchemaName.quote(table.columns().get(place).name()))
                .collect(Collectors.joining(", "));
        String values = written.stream()
                .map(place -> "r.c" + place + "::" + table.columns().get(place).type())
                .collect(Collectors.joining(", "));
        String arrays = written.stream()
                .map(place -> "pg_catalog.unnest(?::text[])")
                .collect(Collectors.joining(", "));
        String cells = written.stream().map(place -> "c" + place).collect(Collectors.joining(", "));
        return "INSERT INTO " + table.quoted() + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT " + values
                + " FROM ROWS FROM (" + arrays + ") AS r(" + cells + ")";
    }

    private void set(KeptSequence sequence, KeptSequence.Position position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.setval(?::pg_catalog.regclass, ?, ?)")) {
            statement.setString(1, sequence.quoted());
            statement.setLong(2, position.last());
            statement.setBoolean(3, position.called());
            statement.execute();
        }
    }
}
