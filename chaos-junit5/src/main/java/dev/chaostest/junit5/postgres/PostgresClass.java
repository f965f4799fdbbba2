// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Reads what stands on a test class before any of its tests runs. */
final class PostgresClass {

    private PostgresClass() {}

    /** Refuses the first annotation that makes no sense, on the class or on any of its methods. */
    static void check(ExtensionContext context) {
        List<Class<?>> classes = Tests.classes(context);
        Faults.of(classes, Optional.empty());
        for (Method method :
                ReflectionSupport.findMethods(classes.get(0), any -> true, HierarchyTraversalMode.TOP_DOWN)) {
            Faults.of(classes, Optional.of(method));
        }
        HandedOver.of(classes);
        PostgresRun.of(context);
    }
}
