// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosWrap;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Puts a proxy into each field that asks for one, and what was there back behind the test. */
final class WrappedFields {

    private WrappedFields() {}

    static void wrap(ExtensionContext context, TestRound round) {
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            for (Field field : ReflectionSupport.findFields(
                    instance.getClass(),
                    each -> AnnotationSupport.isAnnotated(each, ChaosWrap.class),
                    HierarchyTraversalMode.TOP_DOWN)) {
                wrap(field, instance, round);
            }
        }
    }

    private static void wrap(Field field, Object instance, TestRound round) {
        String name = "@ChaosWrap on " + field.getDeclaringClass().getSimpleName() + "." + field.getName();
        requireField(name, field);
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
}
