// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.Settings;
import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.TestRun;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.isolation.SchemaSweep;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
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
    private @Nullable ServedDatabase shared;
    private final Set<String> swept = ConcurrentHashMap.newKeySet();

    private PostgresRun(Settings settings) {
        this.settings = settings;
        this.supply = PostgresSupply.of(settings::get, System.getenv());
        this.keep = settings.get("chaos.schema.keep").map(Keep::parse).orElse(Keep.ON_FAILURE);
        this.orphanAge = settings.get("chaos.schema.orphan-age")
                .map(age -> Durations.parse("chaos.schema.orphan-age", age))
                .orElse(SchemaSweep.DEFAULT_AGE);
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

    Keep keep() {
        return keep;
    }

    /** Drops what dead runs left, once for each database and prefix; a failure to do so is no failure of the test. */
    void sweep(Database database, String prefix) {
        if (!swept.add(database + " " + prefix)) {
            return;
        }
        try {
            SchemaSweep sweep = SchemaSweep.run(database.admin(), prefix, orphanAge, Instant.now());
            if (!sweep.dropped().isEmpty()) {
                LOG.info("Dropped schemas that dead runs had left: {}", sweep.dropped());
            }
        } catch (ChaosException e) {
            LOG.warn("Schemas that dead runs left could not be dropped: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws Exception {
        try (supply) { // also when what is kept can't be closed
            if (shared != null) {
                shared.close();
            }
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
