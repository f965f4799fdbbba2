// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is in some schemas before the rounds of a sweep, kept in memory: says what a round has changed, and takes it back.
 *
 * <p>At most {@value #ROWS_MAX} rows in all are kept. Restored are the rows of ordinary tables and partitions, materialized
 * views and the positions of sequences; definitions are only watched. Not for use by many threads.
 */
public final class BaseImage {

    private static final int ROWS_MAX = 50_000;
    /** What a trigger adds while rows are put back goes the next time. */
    private static final int ATTEMPTS = 3;

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Desk desk;
    private final Shape shape;
    private final ImageQuery query;
    private final Image base;
    private final boolean quiet;

    private BaseImage(Desk desk, Shape shape, ImageQuery query, Image base, boolean quiet) {
        this.desk = desk;
        this.shape = shape;
        this.query = query;
        this.base = base;
        this.quiet = quiet;
    }

    /**
     * Reads what is there now.
     *
     * @param schemas as the catalog has them
     */
    public static BaseImage read(Desk desk, List<String> schemas) throws SQLException {
        return desk.ask(connection -> {
            Shape shape = ShapeQuery.run(connection, schemas);
            ImageQuery query = new ImageQuery(shape);
            Image base = query.run(connection);
            requireFew(base);
            return new BaseImage(desk, shape, query, base, mayBeQuiet(connection));
        });
    }

    private static void requireFew(Image base) {
        int rows = base.rows().values().stream().mapToInt(List::size).sum();
        if (rows > ROWS_MAX) {
            throw new ChaosException("The tables of a sweep must have at most " + ROWS_MAX
                    + " rows in all, since each round sets them back, but have " + rows
                    + ". Sweep with the rows that the test needs.");
        }
    }

    private static boolean mayBeQuiet(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica; SET session_replication_role = origin");
            return true;
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    public Shape shape() {
        return shape;
    }

    /** What is there now; empty if a definition is different, so that rows can't be compared. */
    public Optional<Image> look() throws SQLException {
        try {
            Image now = desk.ask(query::run);
            return now.definitions().equals(base.definitions()) ? Optional.of(now) : Optional.empty();
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("42")) { // a table or a column is gone
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Takes back what is different, and looks whether all is as it was.
     *
     * @return whether it is; if not, what is there can't be used any more
     */
    public boolean restore() throws SQLException {
        for (int attempt = 0; attempt <= ATTEMPTS; attempt++) {
            Optional<Image> now = now();
            if (now.isEmpty()) {
                return false;
            }
            Delta delta = Delta.of(shape, base, now.get());
            if (delta.isEmpty()) {
                return true;
            }
            if (attempt == ATTEMPTS || !isUndone(quiet ? delta.inOrder(base, now.get()) : delta)) {
                return false;
            }
        }
        return false;
    }

    /** Where there is too much to be looked at, nothing can be taken back. */
    private Optional<Image> now() throws SQLException {
        try {
            return look();
        } catch (ChaosException tooMany) {
            return Optional.empty();
        }
    }

    /** Where foreign keys act meanwhile, they may not allow it. */
    private boolean isUndone(Delta delta) throws SQLException {
        try {
            undo(delta);
            return true;
        } catch (SQLException e) {
            if (quiet) {
                throw e;
            }
            return false;
        }
    }

    private void undo(Delta delta) throws SQLException {
        desk.ask(connection -> {
            new Restoration(connection, quiet).run(delta);
            return true;
        });
    }

    /** Moves all sequences on from where they were, so that what they give is different. */
    public void shiftSequences(long values) throws SQLException {
        Map<KeptSequence, KeptSequence.Position> further = new LinkedHashMap<>();
        base.positions().forEach((sequence, position) -> {
            if (!sequence.cached()) {
                further.put(sequence, position.shifted(values, sequence));
            }
        });
        undo(new Delta(Map.of(), further));
    }
}
