// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.writes.WriteLog;
import dev.chaostest.postgres.writes.Writes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * The log of what the tests of a class write: opened before the first of them, since to open it waits for who writes then, and
 * closed with the class, since the server keeps everything as long as it is open.
 */
final class WriteLogs {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(WriteLogs.class);

    private WriteLogs() {}

    /** Opens it if a method of the class asks for {@link Writes}, and its server is there already and ours. */
    static void prepare(ExtensionContext context) {
        List<Class<?>> classes = Tests.classes(context);
        boolean isWanted = !ReflectionSupport.findMethods(
                        classes.get(0),
                        method -> List.of(method.getParameterTypes()).contains(Writes.class)
                                && !OwnSpace.of(classes, Optional.of(method)).isApart(),
                        HierarchyTraversalMode.TOP_DOWN)
                .isEmpty();
        if (isWanted && HandedOver.of(classes).isEmpty()) {
            Database database = Databases.around(context);
            if (database.server().filter(Postgres::isOwned).isPresent()) {
                of(context, database);
            }
        }
    }

    /** The log for one test that has a database of its own: nobody writes there yet, but others may in other databases. */
    static WriteLog own(ExtensionContext context, Database database) {
        return WriteLog.open(server(context, database));
    }

    private static Postgres server(ExtensionContext context, Database database) {
        return database.server()
                .orElseThrow(() -> new ChaosException("A Writes parameter of "
                        + context.getRequiredTestClass().getSimpleName()
                        + " must have a server that this library started, but the class hands over a DataSource. Remove from, or "
                        + "open WriteLog.openOnServerOfYours(dataSource) in the test."));
    }

    /** The log for the tests of this class; opened now if it is not yet. */
    @SuppressWarnings("unchecked") // the store's own key and type
    static WriteLog of(ExtensionContext context, Database database) {
        Postgres server = server(context, database);
        StoredResource<WriteLog> stored = Databases.classContext(context)
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        WriteLog.class, key -> new StoredResource<>(WriteLog.open(server)), StoredResource.class);
        return stored.value();
    }
}
