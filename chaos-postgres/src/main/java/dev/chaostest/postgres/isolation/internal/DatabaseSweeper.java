// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One sweep of databases; used once, by one thread. */
public final class DatabaseSweeper {

    private static final String GONE = "3D000";

    private static final String MARKED =
            "SELECT datname FROM pg_catalog.pg_database WHERE datconnlimit = ? ORDER BY datname";

    private static final String IN_USE = "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = ? LIMIT 1";

    private final String prefix;
    private final Instant madeBefore;
    private final Instant templateMadeBefore;
    private final List<String> dropped = new ArrayList<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    /**
     * @param prefix the first part of the names
     * @param madeBefore younger ones stay
     * @param templateMadeBefore younger ones that tests can be copied from stay
     */
    public DatabaseSweeper(String prefix, Instant madeBefore, Instant templateMadeBefore) {
        this.prefix = DatabaseName.requirePrefix(prefix);
        this.madeBefore = madeBefore;
        this.templateMadeBefore = templateMadeBefore;
    }

    /** Sweeps. */
    public void run(Connection connection) throws SQLException {
        Transaction.inAutocommit(connection, () -> {
            for (String name : marked(connection)) {
                if (isOld(name)) {
                    drop(connection, new DatabaseName(name));
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

    private boolean isOld(String name) {
        Instant before = TemplateName.isComplete(name) ? templateMadeBefore : madeBefore;
        return TemplateName.madeAt(name)
                .or(() -> DatabaseName.madeAt(prefix, name))
                .filter(before::isAfter)
                .isPresent();
    }

    /** Asked first: the server, told to drop one that is in use, would wait five seconds for them to leave. */
    private void drop(Connection connection, DatabaseName name) throws SQLException {
        if (isInUse(connection, name)) {
            skipped.put(name.text(), "in use");
            return;
        }
        try {
            Transaction.execute(connection, "DROP DATABASE " + name.quoted());
            dropped.add(name.text());
        } catch (SQLException e) {
            if (!GONE.equals(e.getSQLState())) { // then another sweep was here
                skipped.put(name.text(), reason(e));
            }
        }
    }

    private static boolean isInUse(Connection connection, DatabaseName name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IN_USE)) {
            statement.setString(1, name.text());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** What the server says of one database does not keep us from the others. */
    private static String reason(SQLException e) throws SQLException {
        String state = e.getSQLState();
        if (state == null || state.startsWith("08") || state.startsWith("57P")) {
            throw e;
        }
        return switch (state) {
            case DatabaseDrop.OBJECT_IN_USE -> "in use (SQLSTATE " + state + ")";
            case DatabaseDrop.INSUFFICIENT_PRIVILEGE -> "another role owns it (SQLSTATE " + state + ")";
            default -> "not droppable (SQLSTATE " + state + ")";
        };
    }

    private static List<String> marked(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(MARKED)) {
            statement.setInt(1, Mark.OURS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }
}
