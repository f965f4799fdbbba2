// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.internal.Loopback;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.Twin;
import dev.chaostest.postgres.pool.internal.KeptConnections;
import dev.chaostest.postgres.pool.internal.Passwords;
import dev.chaostest.postgres.wire.ChaosSocketFactory;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** What the tests of a class connect to, whoever gave it. */
sealed interface Database {

    String LOOKOUT = "chaostest evidence";

    Pattern TLS = Pattern.compile("[?&](ssl=(?!false)|sslmode=(?!disable|allow|prefer))");

    /** For what the library does by itself; never meets a fault. */
    DataSource admin();

    /** For a look at the server of a failed test: connects by itself, answers soon or not at all, meets no fault. */
    DataSource lookout(WireMount unarmed);

    /** The mount that its connections have already, where the user put one. */
    Optional<WireMount> attached();

    /**
     * The DataSource for one test.
     *
     * @param client how its sessions are called, and when their statements are given up
     * @param driver pgjdbc's properties for the schema and the mount
     */
    Opened open(Client client, Map<String, String> driver);

    /** The server, where its address is known. */
    Optional<Postgres> server();

    /** What must not stand in a report. */
    Set<String> secrets();

    /** Refuses a server that chaos must not reach. */
    void requireAllowed(Loopback guard) throws SQLException;

    /** Who asked for TLS is told by the mount that it can't be, and not connected without it. */
    private static Map<String, String> withoutTlsMode(Map<String, String> driver) {
        Map<String, String> rest = new HashMap<>(driver);
        rest.remove("sslmode");
        return rest;
    }

    /** In seconds: on a dead or frozen server a red test must become red all the same. */
    Map<String, String> SOON = Map.of("connectTimeout", "3", "socketTimeout", "3");

    /** A DataSource, and what closes it. */
    record Opened(DataSource dataSource, AutoCloseable end) {}

    /** Who connects; {@code poolSize} is asked of a twin that is a pool. */
    record Client(String name, Duration statementTimeout, OptionalInt poolSize) {}

    /** One whose address is known: each test has a DataSource of its own, not pooled. */
    record Addressed(Postgres postgres, DataSource admin) implements Database {

        /** What the library uses by itself; kept between tests, since connecting costs more than making a schema. */
        static KeptConnections kept(Postgres postgres) {
            return new KeptConnections(settings(postgres).withApplicationName("chaostest"));
        }

        @Override
        public DataSource lookout(WireMount unarmed) {
            return settings().withApplicationName(LOOKOUT).withProperties(SOON).unpooled();
        }

        @Override
        public Optional<WireMount> attached() {
            return Optional.empty();
        }

        @Override
        public Opened open(Client client, Map<String, String> driver) {
            boolean asksForTls = TLS.matcher(postgres.jdbcUrl()).find();
            DataSource unpooled = settings()
                    .withApplicationName(client.name())
                    .withStatementTimeout(client.statementTimeout())
                    .withProperties(asksForTls ? withoutTlsMode(driver) : driver)
                    .unpooled();
            return new Opened(unpooled, () -> {});
        }

        @Override
        public Optional<Postgres> server() {
            return Optional.of(postgres);
        }

        /** A password that is also the user's or the database's name is none. */
        @Override
        public Set<String> secrets() {
            return postgres.password()
                    .filter(word -> !word.isBlank() && !word.equals(postgres.database()))
                    .filter(word -> !postgres.user().equals(Optional.of(word)))
                    .map(Set::of)
                    .orElse(Set.of());
        }

        @Override
        public void requireAllowed(Loopback guard) {
            guard.require(postgres.jdbcUrl());
        }

        private DriverSettings settings() {
            return settings(postgres);
        }

        private static DriverSettings settings(Postgres postgres) {
            return DriverSettings.of(
                    postgres.jdbcUrl(),
                    postgres.user().orElse(null),
                    postgres.password().orElse(null));
        }
    }

    /** The database of one test, on the server of another. */
    record Inside(Database around, TestDatabase made) implements Database {

        /** Nothing is kept open in it: it could not be dropped soon. */
        @Override
        public DataSource admin() {
            return Twin.unpooled(around.admin(), made.driverProperties());
        }

        @Override
        public DataSource lookout(WireMount unarmed) {
            return Twin.unpooled(around.lookout(unarmed), made.driverProperties());
        }

        @Override
        public Optional<WireMount> attached() {
            return Optional.empty();
        }

        @Override
        public Opened open(Client client, Map<String, String> driver) {
            Map<String, String> all = new HashMap<>(driver);
            all.putAll(made.driverProperties());
            return around.open(client, all);
        }

        @Override
        public Optional<Postgres> server() {
            return around.server().map(it -> it.withDatabase(made.name()));
        }

        @Override
        public Set<String> secrets() {
            return around.secrets();
        }

        @Override
        public void requireAllowed(Loopback guard) throws SQLException {
            around.requireAllowed(guard);
        }
    }

    /** A DataSource of the user's: attached to where it is mounted already, else each test has a twin of it. */
    record Handed(DataSource original) implements Database {

        @Override
        public DataSource admin() {
            return original;
        }

        /** Not by way of a pool that the test may have used up, nor through a mount that is armed. */
        @Override
        public DataSource lookout(WireMount unarmed) {
            Map<String, String> driver = new HashMap<>(SOON);
            driver.put("ApplicationName", LOOKOUT);
            if (attached().isPresent()) {
                unarmed.properties().forEach((name, value) -> driver.put((String) name, (String) value));
            }
            try {
                return Twin.unpooled(original, driver);
            } catch (ChaosException notRepeatable) {
                return original;
            }
        }

        @Override
        public Optional<WireMount> attached() {
            return Twin.property(original, "socketFactory")
                    .filter(ChaosSocketFactory.class.getName()::equals)
                    .flatMap(ours -> Twin.property(original, "socketFactoryArg"))
                    .map(WireMount::of);
        }

        @Override
        public Opened open(Client client, Map<String, String> driver) {
            if (attached().isPresent()) {
                return new Opened(original, () -> {});
            }
            boolean asksForTls = Twin.property(original, "sslmode").isPresent()
                    || Twin.property(original, "ssl")
                            .filter(ssl -> !ssl.equals("false"))
                            .isPresent();
            Map<String, String> added = new HashMap<>(asksForTls ? withoutTlsMode(driver) : driver);
            Optional<String> options = Twin.property(original, "options").filter(text -> !text.isBlank());
            if (options.filter(text -> text.contains("statement_timeout")).isEmpty()) {
                String timeout =
                        "-c statement_timeout=" + client.statementTimeout().toMillis();
                added.put("options", options.map(text -> text + " " + timeout).orElse(timeout));
            }
            Twin twin = Twin.of(original, added, client.poolSize());
            return new Opened(twin.dataSource(), twin);
        }

        @Override
        public Optional<Postgres> server() {
            return Optional.empty();
        }

        /** One that is the driver's default user is none. */
        @Override
        public Set<String> secrets() {
            return Passwords.of(original).stream()
                    .filter(word -> !word.isBlank() && !word.equals("postgres"))
                    .collect(Collectors.toUnmodifiableSet());
        }

        @Override
        public void requireAllowed(Loopback guard) throws SQLException {
            try (Connection connection = original.getConnection()) {
                guard.require(connection);
            }
        }
    }
}
