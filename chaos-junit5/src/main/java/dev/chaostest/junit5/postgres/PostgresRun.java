// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.Settings;
import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.TestRun;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.isolation.DatabaseOptions;
import dev.chaostest.postgres.isolation.DatabasePool;
import dev.chaostest.postgres.isolation.DatabaseSweep;
import dev.chaostest.postgres.isolation.SchemaSweep;
import dev.chaostest.postgres.isolation.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all tests of one execution share of a PostgreSQL: the supply, and what is done once for each database. */
final class PostgresRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresRun.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(PostgresRun.class);

    private final Settings settings;
    private final PostgresSupply supply;
    private final Keep keep;
    private final Duration orphanAge;
    private final int ahead;
    private final boolean failsOnUnmet;
    private @Nullable ServedDatabase shared;
    private @Nullable DatabasePool pool;
    private final Set<String> swept = ConcurrentHashMap.newKeySet();

    private PostgresRun(Settings settings) {
        this.settings = settings;
        this.supply = PostgresSupply.of(settings::get, System.getenv());
        this.keep = settings.get("chaos.schema.keep").map(Keep::parse).orElse(Keep.ON_FAILURE);
        this.orphanAge = settings.get("chaos.schema.orphan-age")
                .map(age -> Durations.parse("chaos.schema.orphan-age", age))
                .orElse(SchemaSweep.DEFAULT_AGE);
        this.ahead =
                settings.get("chaos.database.ahead").map(PostgresRun::ahead).orElse(DatabasePool.AHEAD);
        this.failsOnUnmet =
                settings.get("chaos.requires").map(PostgresRun::fails).orElse(false);
    }

    private static int ahead(String text) {
        if (!text.matches("[0-9]|1[0-6]")) {
            throw new ChaosException("chaos.database.ahead must be 0 to 16, but was \"" + text + "\". Remove it for "
                    + DatabasePool.AHEAD + ".");
        }
        return Integer.parseInt(text);
    }

    private static boolean fails(String text) {
        return switch (text) {
            case "skip" -> false;
            case "fail" -> true;
            default ->
                throw new ChaosException(
                        "chaos.requires must be skip or fail, but was \"" + text + "\". Remove it for skip.");
        };
    }

    /** The run of this execution; made on first use, closed at its end. */
    @SuppressWarnings("unchecked") // the store's own key and type
    static PostgresRun of(ExtensionContext context) {
        StoredResource<PostgresRun> stored = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        PostgresRun.class,
                        key -> new StoredResource<>(
                                new PostgresRun(TestRun.of(context).settings())),
                        StoredResource.class);
        return stored.value();
    }

    Settings settings() {
        return settings;
    }

    PostgresSupply supply() {
        return supply;
    }

    /** The database that tests share, unless their class has another. */
    synchronized Database shared() {
        if (shared == null) {
            shared = ServedDatabase.of(supply.shared(), () -> {});
        }
        return shared.database();
    }

    /** Whether a test fails whose PostgreSQL lacks what it needs; else it is skipped. */
    boolean failsOnUnmet() {
        return failsOnUnmet;
    }

    /** What ends a test whose PostgreSQL can't do what it needs. */
    RuntimeException unmet(ChaosException reason) {
        return failsOnUnmet ? reason : new TestAbortedException(reason.getMessage(), reason);
    }

    /** A database for one test: made ahead on the server that tests share, else made now. */
    TestDatabase take(Database where, DatabaseOptions options) {
        return isShared(where) ? pool().take(options) : TestDatabase.create(where.admin(), options);
    }

    /** Starts none to find out: a class that hands its database over needs none. */
    private synchronized boolean isShared(Database where) {
        return shared != null && where.equals(shared.database());
    }

    private synchronized DatabasePool pool() {
        if (pool == null) {
            pool = DatabasePool.open(shared().admin(), ahead);
        }
        return pool;
    }

    Keep keep() {
        return keep;
    }

    /** Drops what dead runs left, once for each database and prefix; a failure to do so is no failure of the test. */
    void sweep(Database database, String prefix) {
        if (swept.add(database + " " + prefix)) {
            sweep(
                    "Schemas",
                    () -> SchemaSweep.run(database.admin(), prefix, orphanAge, Instant.now())
                            .dropped());
        }
    }

    /** As {@link #sweep}, for databases. */
    void sweepDatabases(Database database, String prefix) {
        if (swept.add(database + " databases " + prefix)) {
            sweep(
                    "Databases",
                    () -> DatabaseSweep.run(database.admin(), prefix, orphanAge, Instant.now())
                            .dropped());
        }
    }

    private static void sweep(String what, Supplier<List<String>> sweep) {
        try {
            List<String> dropped = sweep.get();
            if (!dropped.isEmpty()) {
                LOG.info("{} that dead runs had left were dropped: {}", what, dropped);
            }
        } catch (ChaosException e) {
            LOG.warn("{} that dead runs left could not be dropped: {}", what, e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws Exception {
        try (supply; // also when what is kept can't be closed
                ServedDatabase database = shared;
                DatabasePool made = pool) {
            LOG.debug("Closing {} and {}", database, made);
        }
    }

    /** Which schemas stay. */
    enum Keep {
        ON_FAILURE,
        ALWAYS,
        NEVER;

        static Keep parse(String text) {
            return switch (text) {
                case "on-failure" -> ON_FAILURE;
                case "always" -> ALWAYS;
                case "never" -> NEVER;
                default ->
                    throw new ChaosException("chaos.schema.keep must be on-failure, always or never, but was \"" + text
                            + "\". Remove it for on-failure.");
            };
        }
    }
}
