// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.watch.EventCollector;
import dev.chaostest.watch.Events;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;

/** What a test may ask for to look at events: a channel of its own, or a collector of the ledger's entries of one kind. */
final class CollectorResolver {

    private CollectorResolver() {}

    static boolean supports(Type type) {
        return type instanceof ParameterizedType generic
                && (generic.getRawType() == Events.class || entryKind(generic).isPresent());
    }

    /** A collector is attached before the test begins, and belongs to its scope. */
    static Object resolve(Type type, ChaosScope scope) {
        return entryKind((ParameterizedType) type)
                .<Object>map(kind -> scope.own("a collector", EventCollector.of(scope.ledger(), kind)))
                .orElseGet(() -> new Events<>(scope.time()));
    }

    private static Optional<Class<? extends LedgerEntry>> entryKind(ParameterizedType generic) {
        return generic.getRawType() == EventCollector.class
                        && generic.getActualTypeArguments()[0] instanceof Class<?> kind
                        && LedgerEntry.class.isAssignableFrom(kind)
                ? Optional.of(kind.asSubclass(LedgerEntry.class))
                : Optional.empty();
    }
}
