// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Sweeper;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Drops schemas that killed runs, or failed tests, left behind.
 *
 * <p>A schema is dropped when three things hold: its name is exactly one that {@link TestSchema} gives for the prefix, it
 * carries the comment that {@code TestSchema} gives it, and the time in its name is older than the age. One that has an
 * open transaction on a table of it is skipped; so is one that another role owns. To keep one for good, rename it. Kept
 * schemas of failed tests go, too.
 *
 * <p>Several sweeps at once are harmless: one of them works, the others return at once. The time in a name comes from the
 * clock of the machine that made it.
 *
 * <pre>{@code
 * SchemaSweep swept = SchemaSweep.run(admin, "chaos", SchemaSweep.DEFAULT_AGE, Instant.now());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param dropped the names of those that are gone
 * @param skipped the names of those that are old but still there, and why
 * @since 0.1
 */
public record SchemaSweep(List<String> dropped, Map<String, String> skipped) {

    /** A day: no test runs longer, and a person has had time to look at a failure. */
    public static final Duration DEFAULT_AGE = Duration.ofHours(24);

    public SchemaSweep {
        dropped = List.copyOf(dropped);
        skipped = Map.copyOf(skipped);
    }

    /**
     * Sweeps once.
     *
     * @param prefix the first part of the names, as given to {@link SchemaOptions}
     * @param olderThan more than zero
     * @param now the time to which ages count
     * @throws ChaosException if the database can't be asked
     */
    public static SchemaSweep run(DataSource admin, String prefix, Duration olderThan, Instant now) {
        if (olderThan.isZero() || olderThan.isNegative()) {
            throw new ChaosException("olderThan must be positive, but was " + olderThan
                    + ". Schemas in use would go. Use for example 24 hours.");
        }
        Sweeper sweeper = new Sweeper(prefix, now.minus(olderThan));
        try (Connection connection = admin.getConnection()) {
            sweeper.run(connection);
            return new SchemaSweep(sweeper.dropped(), sweeper.skipped());
        } catch (SQLException e) {
            throw new ChaosException(
                    "Old schemas with prefix \"" + prefix + "\" must be listable, but the database answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Check that the server runs.",
                    e);
        }
    }
}
