// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/**
 * Has a test that reaches a whole database run alone in it. All others share it, so they go on in parallel; those with a
 * database or a server of their own need not even that.
 *
 * <p>The locks are those of the methods, not of the classes: one of a class would have all of its tests run one by one.
 */
final class SharedDatabaseLock implements ResourceLocksProvider {

    @Override
    public Set<Lock> provideForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        List<Class<?>> classes = new ArrayList<>(enclosing);
        classes.add(testClass);
        Collections.reverse(classes);
        if (isApart(classes, method)) {
            return Set.of();
        }
        boolean isAlone = Reaching.is(Optional.of(method), Reach.DATABASE);
        return Set.of(new Lock(
                PostgresTest.SHARED_DATABASE, isAlone ? ResourceAccessMode.READ_WRITE : ResourceAccessMode.READ));
    }

    /** A contradiction is told when the class starts; here, JUnit is still looking for tests. */
    @SuppressWarnings("UnusedException")
    private static boolean isApart(List<Class<?>> classes, Method method) {
        try {
            return OwnSpace.of(classes, Optional.of(method)).isApart();
        } catch (ChaosException toldLater) {
            return false;
        }
    }
}
