// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTags;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** What a test is called, which round of it this is, and what is written on it. */
public final class Tests {

    private static final Pattern INVOCATION = Pattern.compile("\\[[a-z-]*template-invocation:#(\\d+)]");

    private Tests() {}

    /** {@code TransferTest.noFailureLosesMoney}. */
    public static String name(ExtensionContext context) {
        String type = context.getRequiredTestClass().getName();
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return context.getTestMethod().map(m -> simple + "." + m.getName()).orElse(simple);
    }

    /** Which invocation of a repeated, parameterized or chaos test this is, from 1; 1 for a plain one. */
    public static long round(ExtensionContext context) {
        Matcher matcher = INVOCATION.matcher(context.getUniqueId());
        long last = 1;
        while (matcher.find()) {
            last = Long.parseLong(matcher.group(1));
        }
        return last;
    }

    /** The annotation on the method, else on the class, else on the classes around it. */
    public static <A extends Annotation> Optional<A> annotation(ExtensionContext context, Class<A> type) {
        return context.getTestMethod()
                .flatMap(method -> AnnotationSupport.findAnnotation(method, type))
                .or(() -> onClass(context.getRequiredTestClass(), type));
    }

    /** The annotation on the class, else on the classes around it. */
    public static <A extends Annotation> Optional<A> onClass(Class<?> testClass, Class<A> type) {
        return enclosing(testClass).stream()
                .flatMap(each -> AnnotationSupport.findAnnotation(each, type).stream())
                .findFirst();
    }

    /** All annotations of a repeatable type on a method and its classes, outermost class first. */
    public static <A extends Annotation> List<A> annotations(
            Class<?> testClass, Optional<Method> method, Class<A> type) {
        List<A> found = new ArrayList<>();
        List<Class<?>> inwards = new ArrayList<>(enclosing(testClass));
        Collections.reverse(inwards);
        inwards.forEach(each -> found.addAll(AnnotationSupport.findRepeatableAnnotations(each, type)));
        method.ifPresent(m -> found.addAll(AnnotationSupport.findRepeatableAnnotations(m, type)));
        return found;
    }

    /** When JUnit gives this test up. */
    public static Duration timeout(ExtensionContext context) {
        return annotation(context, Timeout.class)
                .map(timeout -> Duration.of(timeout.value(), timeout.unit().toChronoUnit()))
                .orElse(Duration.ofSeconds(ChaosTags.TIMEOUT_SECONDS));
    }

    private static List<Class<?>> enclosing(Class<?> testClass) {
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> each = testClass; each != null; each = each.getEnclosingClass()) {
            classes.add(each);
        }
        return classes;
    }
}
