// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Undoes what is different, in one transaction: rows that were added go, those that were removed come back, sequences are set
 * back.
 *
 * <p>With the right to it neither triggers nor foreign keys act meanwhile. Without it tables and rows take their turns, so that
 * no row refers to one that is not there, and who asks looks again afterwards, since triggers may have written.
 *
 * <p>Source: PostgreSQL documentation, session_replication_role.
 */
final class Restoration {

    private final Connection connection;
    private final RowWriter writer;
    private final boolean quiet;

    /** @param quiet whether the role may keep triggers and foreign keys from acting */
    Restoration(Connection connection, boolean quiet) {
        this.connection = connection;
        this.writer = new RowWriter(connection);
        this.quiet = quiet;
    }

    void run(Delta delta) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION READ WRITE; "
                    + (quiet ? "SET LOCAL session_replication_role = replica" : "SET CONSTRAINTS ALL DEFERRED"));
            List<KeptTable> parentsFirst = List.copyOf(delta.tables().keySet());
            List<KeptTable> childrenFirst = new ArrayList<>(parentsFirst);
            Collections.reverse(childrenFirst);
            if (quiet) {
                quietly(delta, parentsFirst);
            } else {
                inTurns(delta, parentsFirst, childrenFirst);
            }
            for (KeptTable table : parentsFirst) {
                if (table.materialized()) {
                    statement.execute("REFRESH MATERIALIZED VIEW " + table.quoted());
                }
            }
            for (Map.Entry<KeptSequence, KeptSequence.Position> each :
                    delta.positions().entrySet()) {
                set(each.getKey(), each.getValue());
            }
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    private void quietly(Delta delta, List<KeptTable> tables) throws SQLException {
        for (KeptTable table : tables) {
            Delta.Rows rows = delta.of(table);
            writer.remove(table, rows.added());
            writer.add(table, rows.removed());
        }
    }

    private void inTurns(Delta delta, List<KeptTable> parentsFirst, List<KeptTable> childrenFirst) throws SQLException {
        for (KeptTable table : parentsFirst) {
            writer.add(table, Pairs.of(table, delta).removed());
        }
        for (KeptTable table : parentsFirst) {
            writer.change(table, Pairs.of(table, delta).changed().values());
        }
        for (KeptTable table : childrenFirst) {
            writer.remove(table, Pairs.of(table, delta).added());
        }
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
