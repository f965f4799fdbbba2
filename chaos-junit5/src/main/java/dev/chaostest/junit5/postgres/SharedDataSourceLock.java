// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/**
 * Has tests with a handed-over DataSource wait for each other: at most one scope can be armed on one at a time, and two
 * members of two classes may hold the same.
 */
final class SharedDataSourceLock implements ResourceLocksProvider {

    private static final String HANDED_OVER = "dev.chaostest: a DataSource that a test class hands over";

    @Override
    public Set<Lock> provideForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        List<Class<?>> classes = new ArrayList<>(enclosing);
        classes.add(testClass);
        Collections.reverse(classes);
        return mayBeShared(classes) ? Set.of(new Lock(HANDED_OVER)) : Set.of();
    }

    /** A mistake in the name is told when the class starts; here, JUnit is still looking for tests. */
    @SuppressWarnings("UnusedException")
    private static boolean mayBeShared(List<Class<?>> classes) {
        try {
            return HandedOver.of(classes).filter(HandedOver::mayBeShared).isPresent();
        } catch (ChaosException toldLater) {
            return false;
        }
    }
}
