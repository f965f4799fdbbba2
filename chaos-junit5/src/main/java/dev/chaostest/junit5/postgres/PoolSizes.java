// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.platform.commons.support.AnnotationSupport;

/** Reads {@link PoolSize}: the method's, else that of the innermost class. */
final class PoolSizes {

    private static final int MOST = 1000;

    private PoolSizes() {}

    /**
     * The size that is asked for; empty if none is.
     *
     * @throws ChaosException if it makes no sense, naming its place
     */
    static OptionalInt of(List<Class<?>> classes, Optional<Method> method) {
        Optional<PoolSize> own = method.flatMap(m -> AnnotationSupport.findAnnotation(m, PoolSize.class));
        Optional<PoolSize> found = own.or(() -> Tests.onClass(classes, PoolSize.class));
        if (found.isEmpty()) {
            return OptionalInt.empty();
        }
        int size = found.get().value();
        if (size < 1 || size > MOST) {
            String place = classes.get(0).getSimpleName()
                    + method.filter(m -> own.isPresent())
                            .map(m -> "." + m.getName())
                            .orElse("");
            throw new ChaosException("@PoolSize on " + place + " must be from 1 to " + MOST + ", but was " + size
                    + ". Write how many connections are open at once.");
        }
        return OptionalInt.of(size);
    }
}
