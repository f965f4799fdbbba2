// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What a test has for itself. Of a schema and a database, the one that is written nearer to the test.
 *
 * @param schema what the test's schema is to be
 * @param database what the test's database is to be
 * @param server whether the test has a server of its own
 */
record OwnSpace(Optional<IsolatedSchema> schema, Optional<IsolatedDatabase> database, boolean server) {

    /**
     * Reads it off a test.
     *
     * @param classes the test's class, and those around it
     * @throws ChaosException if one place says two things
     */
    static OwnSpace of(List<Class<?>> classes, Optional<Method> method) {
        boolean server = Reaching.is(method, Reach.SERVER) || says(classes, method);
        List<AnnotatedElement> outwards = new ArrayList<>();
        method.ifPresent(outwards::add);
        outwards.addAll(classes);
        for (AnnotatedElement element : outwards) {
            OwnSpace found = of(element, server);
            if (found.schema.isPresent() || found.database.isPresent()) {
                return found;
            }
        }
        return new OwnSpace(Optional.empty(), Optional.empty(), server);
    }

    private static boolean says(List<Class<?>> classes, Optional<Method> method) {
        return AnnotationSupport.isAnnotated(method, OwnServer.class)
                || classes.stream().anyMatch(each -> AnnotationSupport.isAnnotated(each, OwnServer.class));
    }

    private static OwnSpace of(AnnotatedElement element, boolean server) {
        OwnSpace found = new OwnSpace(
                AnnotationSupport.findAnnotation(element, IsolatedSchema.class),
                AnnotationSupport.findAnnotation(element, IsolatedDatabase.class),
                server);
        if (found.schema.isPresent() && found.database.isPresent()) {
            throw new ChaosException(
                    name(element) + " must have one of @IsolatedSchema and @IsolatedDatabase, but has both."
                            + " Remove @IsolatedSchema: a script can create schemas in the test's database.");
        }
        return found;
    }

    private static String name(AnnotatedElement element) {
        return element instanceof Method method
                ? method.getDeclaringClass().getSimpleName() + "." + method.getName()
                : ((Class<?>) element).getSimpleName();
    }

    /** Whether the database that other tests use is not even touched. */
    boolean isApart() {
        return server || database.isPresent();
    }
}
