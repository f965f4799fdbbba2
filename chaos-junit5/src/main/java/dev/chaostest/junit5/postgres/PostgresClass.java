// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Reads what stands on a test class before any of its tests runs. */
final class PostgresClass {

    /** By name: junit-jupiter-params need not be there. */
    private static final String PARAMETERIZED = "org.junit.jupiter.params.ParameterizedTest";

    private PostgresClass() {}

    /** Refuses the first annotation that makes no sense, on the class or on any of its methods. */
    static void check(ExtensionContext context) {
        List<Class<?>> classes = Tests.classes(context);
        check(classes, Optional.empty());
        for (Method method :
                ReflectionSupport.findMethods(classes.get(0), any -> true, HierarchyTraversalMode.TOP_DOWN)) {
            check(classes, Optional.of(method));
            requireParameterized(method);
        }
        HandedOver.of(classes);
        PostgresRun.of(context);
        WriteLogs.prepare(context);
    }

    /** JUnit would only say that it knows no such parameter. */
    private static void requireParameterized(Method method) {
        boolean isParameterized = ReflectionSupport.tryToLoadClass(PARAMETERIZED)
                .toOptional()
                .filter(type -> AnnotationSupport.isAnnotated(method, type.asSubclass(Annotation.class)))
                .isPresent();
        if (AnnotationSupport.isAnnotated(method, IsolationLevels.class) && !isParameterized) {
            throw new ChaosException("@IsolationLevels on "
                    + method.getDeclaringClass().getSimpleName() + "." + method.getName()
                    + " must stand beside @ParameterizedTest, but it does not. Replace the other test annotation by it; "
                    + "it comes with the dependency org.junit.jupiter:junit-jupiter-params.");
        }
    }

    private static void check(List<Class<?>> classes, Optional<Method> method) {
        Faults.of(classes, method);
        PoolSizes.of(classes, method);
        OwnSpace.of(classes, method);
        WantedLock.of(classes, method);
    }
}
