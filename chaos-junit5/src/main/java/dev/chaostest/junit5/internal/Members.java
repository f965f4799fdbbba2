// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Finds what an annotation names: a field or a method without parameters of the test, or of a test around it. */
final class Members {

    private Members() {}

    /**
     * What was found.
     *
     * @param what the kind and the name, for messages
     */
    record Found(@Nullable Object value, String what) {}

    /** The innermost one of that name; a field before a method. */
    static Optional<Found> find(ExtensionContext context, String name) {
        List<Object> inwards =
                new ArrayList<>(context.getRequiredTestInstances().getAllInstances());
        Collections.reverse(inwards);
        return inwards.stream().flatMap(each -> find(each, name).stream()).findFirst();
    }

    private static Optional<Found> find(Object instance, String name) {
        return field(instance, name).or(() -> method(instance, name));
    }

    private static Optional<Found> field(Object instance, String name) {
        List<Field> fields = ReflectionSupport.findFields(
                instance.getClass(), each -> each.getName().equals(name), HierarchyTraversalMode.BOTTOM_UP);
        return fields.stream()
                .findFirst()
                .map(field -> new Found(
                        ReflectionSupport.tryToReadFieldValue(field, instance)
                                .toOptional()
                                .orElse(null),
                        "field " + name));
    }

    private static Optional<Found> method(Object instance, String name) {
        List<Method> methods = ReflectionSupport.findMethods(
                instance.getClass(),
                each -> each.getName().equals(name) && each.getParameterCount() == 0,
                HierarchyTraversalMode.BOTTOM_UP);
        return methods.stream()
                .findFirst()
                .map(method -> new Found(ReflectionSupport.invokeMethod(method, instance), "method " + name));
    }
}
