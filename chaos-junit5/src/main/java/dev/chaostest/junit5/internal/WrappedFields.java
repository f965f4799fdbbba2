// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosWrap;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Puts a proxy into each field that asks for one, and what was there back behind the test. */
final class WrappedFields {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(WrappedFields.class);

    private WrappedFields() {}

    static void wrap(ExtensionContext context, TestRound round) {
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            for (Field field : ReflectionSupport.findFields(
                    instance.getClass(),
                    each -> AnnotationSupport.isAnnotated(each, ChaosWrap.class),
                    HierarchyTraversalMode.TOP_DOWN)) {
                wrap(context, field, instance, round);
            }
        }
    }

    private static void wrap(ExtensionContext context, Field field, Object instance, TestRound round) {
        String name = "@ChaosWrap on " + field.getDeclaringClass().getSimpleName() + "." + field.getName();
        requireField(name, field);
        claim(name, context.getRoot().getStore(NAMESPACE), new Place(instance, field), round);
        try {
            field.setAccessible(true);
            Object original = field.get(instance);
            if (original == null) {
                throw new ChaosException(
                        name + ": the field must hold what is to be wrapped before @BeforeEach, but was "
                                + "null. Set it where it is declared, or use scope.wrap.");
            }
            field.set(instance, WrapExtension.armed(field.getType(), original, named(field), round));
            round.whenClosed(() -> field.set(instance, original));
        } catch (IllegalAccessException e) {
            throw new ChaosException(
                    name + ": the field must be accessible by reflection, but is not. Open its package "
                            + "to dev.chaostest.junit5, or use scope.wrap.",
                    e);
        }
    }

    /** Else what is planned for one test would strike in another, and the field would keep a proxy. */
    private static void claim(String name, ExtensionContext.Store store, Place place, TestRound round) {
        if (store.getOrComputeIfAbsent(place, key -> round) != round) {
            throw new ChaosException(name + ": one test at a time must have the instance whose field it is, but two "
                    + "run at once. Give each its own (@TestInstance(PER_METHOD)), or run them on one thread "
                    + "(@Execution(SAME_THREAD)).");
        }
        round.whenClosed(() -> store.remove(place)); // behind what puts the field back
    }

    private static void requireField(String name, Field field) {
        boolean isFixed = Modifier.isFinal(field.getModifiers()) || Modifier.isStatic(field.getModifiers());
        if (isFixed || !field.getType().isInterface()) {
            throw new ChaosException(name + ": the field must be an instance field that is not final, of an interface "
                    + "type, but is \"" + declaration(field) + "\". Change it, or use scope.wrap.");
        }
    }

    private static String declaration(Field field) {
        return (Modifier.toString(field.getModifiers()) + " " + field.getType().getSimpleName()).strip();
    }

    private static String named(Field field) {
        String name = field.getAnnotation(ChaosWrap.class).value();
        return name.isEmpty() ? field.getName() : name;
    }

    /** The field of one instance, whatever that calls equal. */
    private record Place(Object instance, Field field) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place place && instance == place.instance && field.equals(place.field);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(instance) + field.hashCode();
        }
    }
}
