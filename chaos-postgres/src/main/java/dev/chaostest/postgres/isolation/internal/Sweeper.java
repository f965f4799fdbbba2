// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One sweep; used once, by one thread. */
public final class Sweeper {

    /** The first half of the advisory lock's key, "chst"; the second is the prefix's hash. */
    private static final int LOCK_CLASS = 0x63687374;

    /** Somebody uses it, then: not worth waiting for, and whoever comes next should not wait behind us either. */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final String prefix;
    private final Instant madeBefore;
    private final List<String> dropped = new ArrayList<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    /**
     * @param prefix the first part of the names
     * @param madeBefore younger ones stay
     */
    public Sweeper(String prefix, Instant madeBefore) {
        this.prefix = SchemaName.requirePrefix(prefix);
        this.madeBefore = madeBefore;
    }

    /** Sweeps, unless another session does. */
    public void run(Connection connection) throws SQLException {
        Transaction.inAutocommit(connection, () -> {
            if (!ask(connection, "SELECT pg_catalog.pg_try_advisory_lock(?, ?)")) {
                return;
            }
            try {
                sweep(connection);
            } finally {
                if (!connection.isClosed()) {
                    ask(connection, "SELECT pg_catalog.pg_advisory_unlock(?, ?)");
                }
            }
        });
    }

    /** The names of those that are gone. */
    public List<String> dropped() {
        return dropped;
    }

    /** Those that are old but still there, with the reason. */
    public Map<String, String> skipped() {
        return skipped;
    }

    private void sweep(Connection connection) throws SQLException {
        for (String name : marked(connection)) {
            if (SchemaName.madeAt(prefix, name).filter(madeBefore::isAfter).isPresent()) {
                drop(connection, name);
            }
        }
    }

    private void drop(Connection connection, String name) throws SQLException {
        try {
            new Drop(new SchemaName(name), LOCK_TIMEOUT).attempt(connection);
            dropped.add(name);
        } catch (SQLException e) {
            skipped.put(name, reason(e));
        }
    }

    /** What the server says of one schema does not keep us from the others. */
    private static String reason(SQLException e) throws SQLException {
        String state = e.getSQLState();
        if (state == null || state.startsWith("08") || state.startsWith("57P")) {
            throw e;
        }
        return switch (state) {
            case Drop.LOCK_NOT_AVAILABLE, Drop.DEADLOCK -> "in use (SQLSTATE " + state + ")";
            case INSUFFICIENT_PRIVILEGE -> "another role owns it (SQLSTATE " + state + ")";
            default -> "not droppable (SQLSTATE " + state + ")";
        };
    }

    private List<String> marked(Connection connection) throws SQLException {
        String sql = """
                SELECT nspname FROM pg_catalog.pg_namespace
                WHERE starts_with(nspname::text, ?) AND pg_catalog.obj_description(oid, 'pg_namespace') = ?
                ORDER BY nspname
                """;
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, prefix + "_");
            statement.setString(2, Creation.MARK);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private boolean ask(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, LOCK_CLASS);
            statement.setInt(2, prefix.hashCode());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }
}
