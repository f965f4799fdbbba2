// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.internal.ApplicationName;
import dev.chaostest.postgres.pool.internal.JdbcUrl;
import dev.chaostest.postgres.pool.internal.PgSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What pgjdbc needs to connect, and the DataSource that follows from it.
 *
 * <p>Properties given here replace those of the same name in the URL. Session defaults, such as a statement timeout, go into
 * the start-up packet: a {@code RESET ALL} brings them back. Printing it shows neither password nor values.
 *
 * <pre>{@code
 * DataSource bank = DriverSettings.of(url, "app", password)
 *         .withApplicationName("chaos TransferTest")
 *         .withStatementTimeout(Duration.ofSeconds(10))
 *         .unpooled();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param url of pgjdbc
 * @param user the one in the URL, if null
 * @param password the one in the URL, or none, if null
 * @param properties names and values of pgjdbc
 * @since 0.1
 */
public record DriverSettings(
        String url, @Nullable String user, @Nullable String password, Map<String, String> properties) {

    private static final String OPTIONS = "options";

    /**
     * @throws ChaosException if the URL is not one of pgjdbc; the message does not show it
     */
    public DriverSettings {
        if (!JdbcUrl.isPostgres(Objects.requireNonNull(url, "url"))) {
            throw new ChaosException("A URL must begin with jdbc:postgresql:, but does not. Its form is"
                    + " jdbc:postgresql://host:5432/database?name=value.");
        }
        properties = Map.copyOf(properties);
    }

    /** Without further properties. */
    public static DriverSettings of(String url, @Nullable String user, @Nullable String password) {
        return new DriverSettings(url, user, password, Map.of());
    }

    /** A copy with these properties in addition, instead of those of the same names. */
    public DriverSettings withProperties(Map<String, String> added) {
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.putAll(added);
        return new DriverSettings(url, user, password, all);
    }

    /**
     * A copy whose sessions have this {@code application_name}, as far as the server takes it: 63 characters of ASCII; others
     * become question marks.
     */
    public DriverSettings withApplicationName(String name) {
        return withProperties(Map.of("ApplicationName", ApplicationName.fitted(name)));
    }

    /**
     * A copy whose statements fail with 57014 after a time, unless the session sets another.
     *
     * @param timeout at least 1 ms
     * @throws ChaosException if it is shorter
     */
    public DriverSettings withStatementTimeout(Duration timeout) {
        if (timeout.toMillis() < 1) {
            throw new ChaosException(
                    "A statement timeout must be at least 1 ms, but was " + timeout + ". To have none, leave it out.");
        }
        String option = "-c statement_timeout=" + timeout.toMillis();
        String merged = options().map(others -> others + " " + option).orElse(option);
        return withProperties(Map.of(OPTIONS, merged));
    }

    /** The server takes the last of two, so what is there already stays in front. */
    private Optional<String> options() {
        return Optional.ofNullable(properties.get(OPTIONS))
                .or(() -> JdbcUrl.parse(url).property(OPTIONS))
                .filter(text -> !text.isBlank());
    }

    /**
     * A DataSource that connects anew each time.
     *
     * @throws ChaosException if the driver can't read the URL, or has no property of a name
     */
    public DataSource unpooled() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        readUrl(source);
        if (user != null) {
            source.setUser(user);
        }
        if (password != null) {
            source.setPassword(password);
        }
        return PgSource.set(source, properties);
    }

    /** The driver's message holds the URL, and that may hold a password; so it is not passed on. */
    @SuppressWarnings("UnusedException")
    private void readUrl(PGSimpleDataSource source) {
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            throw new ChaosException("A URL must be readable by pgjdbc, but " + JdbcUrl.parse(url)
                    + " (properties left out) is not. Check host, port and percent signs.");
        }
    }

    @Override
    public String toString() {
        return JdbcUrl.parse(url) + " with " + new TreeSet<>(properties.keySet());
    }
}
