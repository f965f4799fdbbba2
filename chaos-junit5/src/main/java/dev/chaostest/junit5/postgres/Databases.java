// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Finds the database of a test: handed over by its class, the run's, or one of its own. */
final class Databases {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Databases.class);

    private Databases() {}

    /** The one that the test's class shares with others. */
    static Database around(ExtensionContext context) {
        return HandedOver.of(Tests.classes(context))
                .map(handedOver -> of(context, handedOver))
                .orElseGet(() -> PostgresRun.of(context).shared());
    }

    /**
     * Starts one for a test.
     *
     * @throws ChaosException if the class hands one over, or the settings name one of the user's and tests must not be
     *     skipped for that
     * @throws TestAbortedException if the settings name one, otherwise
     */
    static ServedDatabase own(ExtensionContext context) {
        if (HandedOver.of(Tests.classes(context)).isPresent()) {
            throw new ChaosException(
                    Tests.name(context) + " must have a server of its own, but its class hands one over. "
                            + "Remove from of @PostgresTest, or move the test to another class.");
        }
        PostgresRun run = PostgresRun.of(context);
        PostgresServer server = fresh(run);
        return ServedDatabase.of(Postgres.of(server), server);
    }

    private static PostgresServer fresh(PostgresRun run) {
        PostgresSupply supply = run.supply();
        try {
            return supply.fresh();
        } catch (PostgresUnavailableException e) {
            throw supply.startsServers() ? e : run.unmet(e);
        }
    }

    private static Database of(ExtensionContext context, HandedOver handedOver) {
        Object value = handedOver.isMethod() ? madeOnce(context, handedOver) : handedOver.value();
        if (value instanceof DataSource dataSource) {
            return new Database.Handed(dataSource);
        }
        return shared(context, handedOver, value);
    }

    /** A method may make something at each call: it is called once a class. */
    private static Object madeOnce(ExtensionContext context, HandedOver handedOver) {
        return classContext(context)
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(handedOver, method -> new Made(method.value()), Made.class)
                .value();
    }

    /** What a method has made is its owner's: of itself, JUnit would close a pool or a container with the class, from 5.13 on. */
    private record Made(Object value) {}

    /** The connection is checked once a class, not once a test. */
    private static Database shared(ExtensionContext context, HandedOver handedOver, Object address) {
        String key = handedOver.owner().getName() + "." + handedOver.name() + " " + address;
        return onceAClass(context, key, () -> {
            PostgresSupply supply = supply(context, address);
            return ServedDatabase.of(supply.shared(), supply);
        });
    }

    private static PostgresSupply supply(ExtensionContext context, Object address) {
        PostgresRun run = PostgresRun.of(context);
        return address instanceof HandedOver.Coordinates container
                ? PostgresSupply.ofUrl(
                        container.url(),
                        Optional.of(container.user()),
                        Optional.of(container.password()),
                        run.settings()::get)
                : PostgresSupply.ofUrl((String) address, Optional.empty(), Optional.empty(), run.settings()::get);
    }

    @SuppressWarnings("unchecked") // the store's own key and type
    private static Database onceAClass(ExtensionContext context, Object key, Supplier<ServedDatabase> maker) {
        StoredResource<ServedDatabase> stored = classContext(context)
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(key, any -> new StoredResource<>(maker.get()), StoredResource.class);
        return stored.value().database();
    }

    /** The context of the class in which the test is declared; what is stored there is closed with the class. */
    static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext each = context;
        while (each.getTestMethod().isPresent()) {
            each = each.getParent().orElseThrow();
        }
        return each;
    }
}
