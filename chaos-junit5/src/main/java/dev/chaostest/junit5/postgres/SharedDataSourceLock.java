// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/**
 * Has tests wait for each other that share a handed-over DataSource: at most one scope can be armed on it at a time.
 */
final class SharedDataSourceLock implements ResourceLocksProvider {

    @Override
    public Set<Lock> provideForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        return shared(testClass)
                .map(it -> Set.of(new Lock(it.owner().getName() + "." + it.name())))
                .orElse(Set.of());
    }

    /** A mistake in the name is told when the class starts; here, JUnit is still looking for tests. */
    @SuppressWarnings("UnusedException")
    private static Optional<HandedOver> shared(Class<?> testClass) {
        try {
            return HandedOver.of(testClass).filter(HandedOver::isDataSource);
        } catch (ChaosException toldLater) {
            return Optional.empty();
        }
    }
}
