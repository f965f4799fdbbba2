// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.server.PostgresServer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Finds the database of a test class: handed over, of its own, or the run's. */
final class Databases {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Databases.class);

    private Databases() {}

    static Database of(ExtensionContext context) {
        List<Class<?>> classes = Tests.classes(context);
        boolean own = Tests.onClass(classes, PostgresTest.class)
                .map(PostgresTest::ownServer)
                .orElse(false);
        Optional<HandedOver> handedOver = HandedOver.of(classes);
        if (own && handedOver.isPresent()) {
            throw new ChaosException("@PostgresTest on " + classes.get(0).getSimpleName()
                    + " must set only one of from and " + "ownServer, but both are. Remove one of them.");
        }
        if (handedOver.isPresent()) {
            return of(context, handedOver.get());
        }
        PostgresRun run = PostgresRun.of(context);
        return own ? ownServer(context, run.supply()) : run.shared();
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
        return classContext(context).getStore(NAMESPACE).getOrComputeIfAbsent(handedOver, HandedOver::value);
    }

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

    private static Database ownServer(ExtensionContext context, PostgresSupply supply) {
        return onceAClass(context, PostgresServer.class, () -> {
            PostgresServer server = supply.fresh();
            return ServedDatabase.of(Postgres.of(server), server);
        });
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
