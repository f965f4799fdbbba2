// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.DatabaseSweeper;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Drops databases that killed runs, or failed tests, left behind, and templates of scripts that have changed since.
 *
 * <p>A database is dropped when three things hold: its name is exactly one that {@link TestDatabase} gives for the prefix,
 * it carries the mark that {@code TestDatabase} gives it, and the time in its name is older than the age. One with a session
 * in it is skipped; so is one that another role owns. To keep one for good, rename it. Kept databases of failed tests go,
 * too. A template goes after {@link #TEMPLATE_AGE}; whoever needs it again builds it again.
 *
 * <p>Several sweeps at once are harmless. The time in a name comes from the clock of the machine that made it.
 *
 * <pre>{@code
 * DatabaseSweep swept = DatabaseSweep.run(admin, "chaos", SchemaSweep.DEFAULT_AGE, Instant.now());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param dropped the names of those that are gone
 * @param skipped the names of those that are old but still there, and why
 * @since 0.1
 */
public record DatabaseSweep(List<String> dropped, Map<String, String> skipped) {

    /** A week. */
    public static final Duration TEMPLATE_AGE = Duration.ofDays(7);

    public DatabaseSweep {
        dropped = List.copyOf(dropped);
        skipped = Map.copyOf(skipped);
    }

    /**
     * Sweeps once.
     *
     * @param prefix the first part of the names, as given to {@link DatabaseOptions}
     * @param olderThan more than zero
     * @param now the time to which ages count
     * @throws ChaosException if the server can't be asked
     */
    public static DatabaseSweep run(DataSource admin, String prefix, Duration olderThan, Instant now) {
        if (olderThan.isZero() || olderThan.isNegative()) {
            throw new ChaosException("olderThan must be positive, but was " + olderThan
                    + ". Databases in use would go. Use for example 24 hours.");
        }
        DatabaseSweeper sweeper = new DatabaseSweeper(prefix, now.minus(olderThan), now.minus(TEMPLATE_AGE));
        try (Connection connection = admin.getConnection()) {
            sweeper.run(connection);
            return new DatabaseSweep(sweeper.dropped(), sweeper.skipped());
        } catch (SQLException e) {
            throw new ChaosException(
                    "Old databases with prefix \"" + prefix + "\" must be listable, but the server answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Check that it runs.",
                    e);
        }
    }
}
