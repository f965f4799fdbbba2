// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.internal.Version;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects once to a PostgreSQL of the user's, to fail early and in one sentence. */
final class ExternalCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalCheck.class);
    static final int TIMEOUT_SECONDS = 10;

    private final JdbcTarget target;
    private final Optional<Integer> major;
    private final boolean create;

    ExternalCheck(PostgresSource.External external) {
        this.target = external.target();
        this.major = external.major();
        this.create = external.create();
    }

    Postgres run() {
        requireDriver();
        Version version = version();
        if (version.major() < Version.OLDEST) {
            throw new PostgresUnavailableException("PostgreSQL must be " + Version.OLDEST
                    + " or later, but the server at "
                    + target.redactedUrl() + " is " + version + ". Use a newer server, or remove " + target.origin()
                    + " to start one.");
        }
        if (major.isPresent() && major.get() != version.major()) {
            throw new PostgresUnavailableException("chaos.postgres.version asks for PostgreSQL " + major.get()
                    + ", but the server at " + target.redactedUrl() + " is " + version
                    + ". Use another server, or remove chaos.postgres.version.");
        }
        if (version.major() > Version.NEWEST) {
            LOG.warn("PostgreSQL {} is newer than {}, the newest that was tried.", version, Version.NEWEST);
        }
        return new Postgres(target, version.text(), version.major(), Optional.empty());
    }

    private void requireDriver() {
        if (DriverManager.drivers().noneMatch(this::isAccepted)) {
            throw new PostgresUnavailableException("A JDBC driver must take " + target.redactedUrl()
                    + ", but none on the class path does. Correct " + target.origin()
                    + ", or add the dependency org.postgresql:postgresql.");
        }
    }

    private boolean isAccepted(Driver driver) {
        try {
            return driver.acceptsURL(target.url());
        } catch (SQLException refused) {
            return false;
        }
    }

    private Version version() {
        try (Connection connection = connect()) {
            String said = connection.getMetaData().getDatabaseProductVersion();
            return Version.parse(said)
                    .orElseThrow(() -> new PostgresUnavailableException("The server at " + target.redactedUrl()
                            + " must name its version, but said " + said + ". Use a PostgreSQL, or remove "
                            + target.origin() + " to start one."));
        } catch (SQLException e) {
            throw new PostgresUnavailableException(
                    target.origin() + " must lead to a running PostgreSQL, but " + target.redactedUrl()
                            + " failed with "
                            + e.getSQLState() + ": " + sentence(target.redact(e))
                            + advice(e)
                            + " or remove it to let one be started.",
                    cause(e));
        }
    }

    private Connection connect() throws SQLException {
        try {
            return connectOnce();
        } catch (SQLException e) {
            if (!create || !MissingDatabase.STATE.equals(e.getSQLState())) {
                throw e;
            }
            new MissingDatabase(target).create();
            return connectOnce();
        }
    }

    private Connection connectOnce() throws SQLException {
        String seconds = String.valueOf(TIMEOUT_SECONDS);
        Properties properties = target.credentials(new Properties());
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        return DriverManager.getConnection(target.url(), properties);
    }

    private static String advice(SQLException e) {
        return MissingDatabase.STATE.equals(e.getSQLState())
                ? " Set chaos.jdbc.create=true to have it created, correct the setting,"
                : " Start that server, correct the setting,";
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    /** The driver's own error, unless its text would print a secret. */
    private @Nullable SQLException cause(SQLException e) {
        return target.redact(e).equals(String.valueOf(e.getMessage())) ? e : null;
    }
}
