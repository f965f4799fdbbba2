// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the database that a URL names, where its owner said so.
 *
 * <p>Several test runs may do so at once: an advisory lock has them take turns, since two CREATE DATABASE at once fail on
 * the template, and who comes second finds it there.
 */
final class MissingDatabase {
    /** What a server says of a database that it does not have. */
    static final String STATE = "3D000";

    private static final Logger LOG = LoggerFactory.getLogger(MissingDatabase.class);
    private static final String ALREADY_THERE = "42P04";
    private static final String MAINTENANCE = "postgres";
    /** Any number that all runs of this library share: "chaos" in ASCII. */
    private static final long LOCK = 0x6368616f73L;

    private final JdbcTarget target;

    MissingDatabase(JdbcTarget target) {
        this.target = target;
    }

    void create() throws SQLException {
        try (Connection connection = maintenance().getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(ExternalCheck.TIMEOUT_SECONDS);
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            String name = connection.unwrap(PGConnection.class).escapeIdentifier(target.database());
            statement.execute("CREATE DATABASE " + name);
            LOG.info("Created the database {}", target.database());
        } catch (SQLException e) {
            if (!ALREADY_THERE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private PGSimpleDataSource maintenance() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(target.url());
        source.setDatabaseName(MAINTENANCE);
        target.user().ifPresent(source::setUser);
        target.password().ifPresent(source::setPassword);
        source.setLoginTimeout(ExternalCheck.TIMEOUT_SECONDS);
        return source;
    }
}
