// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Reads what stands on a test class before any of its tests runs. */
final class PostgresClass {

    private PostgresClass() {}

    /** Refuses the first annotation that makes no sense, on the class or on any of its methods. */
    static void check(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        Faults.of(testClass, Optional.empty());
        for (Method method : ReflectionSupport.findMethods(testClass, any -> true, HierarchyTraversalMode.TOP_DOWN)) {
            Faults.of(testClass, Optional.of(method));
        }
        HandedOver.of(testClass);
        PostgresRun.of(context);
    }
}
