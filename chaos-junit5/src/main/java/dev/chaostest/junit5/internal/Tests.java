// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.plan.ChaosException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** What a test is called, which round of it this is, and what is written on it. */
public final class Tests {

    private static final Pattern INVOCATION = Pattern.compile("\\[[a-z-]*template-invocation:#(\\d+)]");

    /** More than any test has in one class. */
    private static final long INVOCATIONS_MAX = 1_000_003;

    private Tests() {}

    /** {@code TransferTest.noFailureLosesMoney}. */
    public static String name(ExtensionContext context) {
        String type = context.getRequiredTestClass().getName();
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return context.getTestMethod().map(m -> simple + "." + m.getName()).orElse(simple);
    }

    /** The same with the package, for what must not be mixed up. */
    static String fullName(ExtensionContext context) {
        String type = context.getRequiredTestClass().getName();
        return context.getTestMethod().map(m -> type + "." + m.getName()).orElse(type);
    }

    /**
     * Which invocation of a repeated, parameterized or chaos test this is, from 1; 1 for a plain one. Within a class that is
     * itself invoked several times, no number comes twice.
     */
    public static long round(ExtensionContext context) {
        Matcher matcher = INVOCATION.matcher(context.getUniqueId());
        long round = 1;
        while (matcher.find()) {
            round = (round - 1) * INVOCATIONS_MAX + Long.parseLong(matcher.group(1));
        }
        return round;
    }

    /** Which invocation of its method this is, from 1; 1 for a plain one. */
    static int invocation(ExtensionContext context) {
        Matcher matcher = INVOCATION.matcher(context.getUniqueId());
        int invocation = 1;
        while (matcher.find()) {
            invocation = Integer.parseInt(matcher.group(1));
        }
        return invocation;
    }

    /**
     * Refuses a chaos test without exactly one category. A launcher that knows {@link CategoryFilter} has looked at all tests
     * before the first; this is for those that don't.
     */
    static void requireCategory(ExtensionContext context) {
        boolean isChaosTest = AnnotationSupport.isAnnotated(context.getTestMethod(), ChaosTest.class);
        TaggedTest.requireCategories(List.of(TaggedTest.of(name(context), isChaosTest, context.getTags())));
    }

    /** The test's class, and those around it as JUnit nests them: a superclass can hold a nested class, too. */
    public static List<Class<?>> classes(ExtensionContext context) {
        List<Class<?>> inwards = new ArrayList<>(context.getEnclosingTestClasses());
        inwards.add(context.getRequiredTestClass());
        Collections.reverse(inwards);
        return inwards;
    }

    /** Whether the test method has a parameter of this type. */
    static boolean hasParameter(ExtensionContext context, Class<?> type) {
        return context.getTestMethod()
                .map(method -> List.<Class<?>>of(method.getParameterTypes()).contains(type))
                .orElse(false);
    }

    /** The annotation on the method, else on the class, else on the classes around it. */
    public static <A extends Annotation> Optional<A> annotation(ExtensionContext context, Class<A> type) {
        return context.getTestMethod()
                .flatMap(method -> AnnotationSupport.findAnnotation(method, type))
                .or(() -> onClass(classes(context), type));
    }

    /** The annotation on the first of the classes that has it; the innermost comes first. */
    public static <A extends Annotation> Optional<A> onClass(List<Class<?>> classes, Class<A> type) {
        return classes.stream()
                .flatMap(each -> AnnotationSupport.findAnnotation(each, type).stream())
                .findFirst();
    }

    /**
     * All annotations of a repeatable type on a method and its classes, outermost class first.
     *
     * @throws ChaosException if one element has two that are equal, of which JUnit would show one
     */
    public static <A extends Annotation> List<A> annotations(
            List<Class<?>> classes, Optional<Method> method, Class<A> type) {
        List<AnnotatedElement> inwards = new ArrayList<>(classes);
        Collections.reverse(inwards);
        method.ifPresent(inwards::add);
        List<A> found = new ArrayList<>();
        for (AnnotatedElement element : inwards) {
            requireDifferent(element, type);
            found.addAll(AnnotationSupport.findRepeatableAnnotations(element, type));
        }
        return found;
    }

    private static <A extends Annotation> void requireDifferent(AnnotatedElement element, Class<A> type) {
        List<A> direct = List.of(element.getAnnotationsByType(type));
        if (Set.copyOf(direct).size() < direct.size()) {
            throw new ChaosException("Each @" + type.getSimpleName() + " on " + element
                    + " must differ from the others, but two are equal. Write one, with times = 2.");
        }
    }
}
