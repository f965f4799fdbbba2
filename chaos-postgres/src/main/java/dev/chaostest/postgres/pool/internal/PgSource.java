// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** What is done with the driver's own DataSource. */
public final class PgSource {

    private PgSource() {}

    /** Whether it is exactly the driver's: a subclass does something of its own, which a copy would not do. */
    public static boolean is(DataSource source) {
        return source.getClass() == PGSimpleDataSource.class;
    }

    /** A copy of all settings, with these properties in addition. */
    public static PGSimpleDataSource copy(DataSource original, Map<String, String> properties) {
        PGSimpleDataSource copy = new PGSimpleDataSource();
        try {
            copy.initializeFrom((PGSimpleDataSource) original);
        } catch (IOException | ClassNotFoundException e) {
            throw new ChaosException(
                    "A PGSimpleDataSource must be copyable, but is not. Use pgjdbc 42.7.12 or later.", e);
        }
        return set(copy, properties);
    }

    /**
     * Sets properties.
     *
     * @throws ChaosException if the driver has no property of that name
     */
    public static PGSimpleDataSource set(PGSimpleDataSource source, Map<String, String> properties) {
        requireKnown(properties);
        properties.forEach((name, value) -> source.setProperty(known(name), value));
        return source;
    }

    /** A name that the driver does not know would silently do nothing in a URL. */
    static void requireKnown(Map<String, String> properties) {
        properties.keySet().forEach(PgSource::known);
    }

    private static PGProperty known(String name) {
        PGProperty property = PGProperty.forName(name);
        if (property == null) {
            throw new ChaosException("A driver property must be one that pgjdbc knows, but is \"" + name
                    + "\". Look for its name in org.postgresql.PGProperty; case matters.");
        }
        return property;
    }

    /** The value of a property, if it is set or has a default. */
    public static Optional<String> property(DataSource source, String name) {
        return Optional.ofNullable(((PGSimpleDataSource) source).getProperty(known(name)));
    }

    /** Its password, if one is set. */
    static Set<String> passwords(DataSource source) {
        String password = ((PGSimpleDataSource) source).getPassword();
        return password == null ? Set.of() : Set.of(password);
    }

    /** What the driver takes if a property is not set. */
    public static Optional<String> defaultOf(String name) {
        return Optional.ofNullable(known(name).getDefaultValue());
    }

    /** The driver's DataSource inside one that delegates, to read its settings only. */
    public static Optional<DataSource> unwrap(DataSource wrapper) throws SQLException {
        return wrapper.isWrapperFor(PGSimpleDataSource.class)
                ? Optional.of(wrapper.unwrap(PGSimpleDataSource.class))
                : Optional.empty();
    }

    /** In which state a transaction is that was begun by hand, past JDBC's auto-commit; empty if there is none. */
    static Optional<String> openTransaction(Connection session) throws SQLException {
        if (!session.isWrapperFor(BaseConnection.class) || !session.getAutoCommit()) {
            return Optional.empty();
        }
        return switch (session.unwrap(BaseConnection.class).getTransactionState()) {
            case IDLE -> Optional.empty();
            case OPEN -> Optional.of("open");
            case FAILED -> Optional.of("failed");
        };
    }

    /** Which process of the server serves it. */
    public static int pid(Connection session) throws SQLException {
        return session.unwrap(PGConnection.class).getBackendPID();
    }
}
