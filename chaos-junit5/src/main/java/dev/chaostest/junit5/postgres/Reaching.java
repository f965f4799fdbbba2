// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Reaches;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The parameter of a test method that goes the farthest.
 *
 * @param type its simple name, for messages
 * @param reach how far it goes
 */
record Reaching(String type, Reach reach) {

    /** Empty if there is none that says how far it goes. */
    static Optional<Reaching> of(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .flatMap(type -> AnnotationSupport.findAnnotation(type, Reaches.class)
                        .map(reaches -> new Reaching(type.getSimpleName(), reaches.value()))
                        .stream())
                .max(Comparator.comparing(Reaching::reach));
    }

    /** Whether one of a method's parameters reaches exactly so far, and none farther. */
    static boolean is(Optional<Method> method, Reach reach) {
        return method.flatMap(Reaching::of)
                .filter(found -> found.reach() == reach)
                .isPresent();
    }
}
