// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * The tables of pgbench, in the first schema of the DataSource's search path: branches, tellers, accounts, history; all
 * balances are 0. Closing drops them.
 *
 * <p>The rows are written by the server ({@code generate_series}), so there are as many round trips whatever the scale. A table
 * that is there already is not touched, and refused.
 *
 * <pre>{@code
 * try (LoadTables tables = LoadTables.create(bank, Scale.small())) {
 *     PgLoad.on(bank, tables).clients(4).transactions(100).run().requireAtLeast(400);
 *     tables.sums().requireEqual();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class LoadTables implements AutoCloseable {

    /** In the schema where they were created: elsewhere in the path there may be others of these names. */
    private static final String DROP = "DROP TABLE IF EXISTS %1$s.pgbench_history, %1$s.pgbench_accounts,"
            + " %1$s.pgbench_tellers, %1$s.pgbench_branches";

    private static final String SUMS = "SELECT (SELECT coalesce(sum(abalance), 0) FROM pgbench_accounts),"
            + " (SELECT coalesce(sum(tbalance), 0) FROM pgbench_tellers),"
            + " (SELECT coalesce(sum(bbalance), 0) FROM pgbench_branches),"
            + " (SELECT coalesce(sum(delta), 0) FROM pgbench_history), (SELECT count(*) FROM pgbench_history)";

    private final DataSource source;
    private final String schema;
    private final Scale scale;
    private final AtomicBoolean there = new AtomicBoolean(true);

    private LoadTables(DataSource source, String schema, Scale scale) {
        this.source = source;
        this.schema = schema;
        this.scale = scale;
    }

    /**
     * Creates and fills them, all or none.
     *
     * @param source of an isolated schema, best
     * @throws ChaosException if one is there already, or if they can't be created
     */
    public static LoadTables create(DataSource source, Scale scale) {
        try {
            return new LoadTables(source, Batch.inOneTransaction(source, statements(scale)), scale);
        } catch (SQLException e) {
            throw new ChaosException(
                    "The tables of a load must be created, but that failed with " + e.getSQLState()
                            + ". Use a schema of its own, without tables pgbench_*; see the cause.",
                    e);
        }
    }

    private static List<String> statements(Scale scale) {
        return List.of(
                "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int NOT NULL, filler char(88))"
                        + " WITH (fillfactor = 50)",
                "CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int NOT NULL, tbalance int NOT NULL,"
                        + " filler char(84)) WITH (fillfactor = 50)",
                "CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int NOT NULL, abalance int NOT NULL,"
                        + " filler char(84))",
                "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
                "INSERT INTO pgbench_branches SELECT n, 0, '' FROM generate_series(1, " + scale.branches() + ") AS n",
                "INSERT INTO pgbench_tellers SELECT n, (n - 1) / " + Scale.TELLERS_PER_BRANCH
                        + " + 1, 0, '' FROM generate_series(1, " + scale.tellers() + ") AS n",
                "INSERT INTO pgbench_accounts SELECT n, (n - 1) / " + scale.accountsPerBranch()
                        + " + 1, 0, '' FROM generate_series(1, " + scale.accounts() + ") AS n");
    }

    /** How big they are. */
    public Scale scale() {
        return scale;
    }

    /**
     * The money in each, in one snapshot.
     *
     * @throws ChaosException if the database can't be asked
     */
    public Sums sums() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SUMS)) {
            row.next();
            return new Sums(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
        } catch (SQLException e) {
            throw new ChaosException(
                    "The sums of a load must be readable, but the database answered " + e.getSQLState()
                            + ". Heal what was broken first; see the cause.",
                    e);
        }
    }

    /**
     * Drops them. Twice is harmless.
     *
     * @throws ChaosException if they can't be dropped, since somebody uses them for 10 s for instance
     */
    @Override
    public void close() {
        if (!there.compareAndSet(true, false)) {
            return;
        }
        try {
            Batch.inOneTransaction(source, List.of(DROP.formatted(schema)));
        } catch (SQLException e) {
            throw new ChaosException(
                    "The tables of a load must be dropped, but that failed with " + e.getSQLState()
                            + ". End what still uses them; see the cause.",
                    e);
        }
    }
}
