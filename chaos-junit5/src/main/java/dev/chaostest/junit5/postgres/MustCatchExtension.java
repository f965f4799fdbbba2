// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** One invocation as it is, and one for each place that it has shown: which ones is known only when it is over. */
final class MustCatchExtension implements TestTemplateInvocationContextProvider {

    /** Asked before anything runs, also where somebody else has invocations for the same method. */
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        requireAlone(context);
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ChaosMustCatch.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ChaosMustCatch wanted = AnnotationSupport.findAnnotation(context.getTestMethod(), ChaosMustCatch.class)
                .orElseThrow();
        MustCatch rounds = read(Tests.name(context), wanted);
        if (!AnnotationSupport.isAnnotated(context.getTestMethod(), ChaosTest.class)) { // whose rounds differ in it
            TestRound.sameSeed(context);
        }
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rounds, Spliterator.ORDERED), false);
    }

    private static void requireAlone(ExtensionContext context) {
        Arrays.stream(context.getRequiredTestMethod().getAnnotations())
                .map(Annotation::annotationType)
                .filter(MustCatchExtension::makesAnotherTest)
                .findFirst()
                .ifPresent(other -> {
                    throw new ChaosException("@ChaosMustCatch on " + Tests.name(context)
                            + " must be the only annotation that makes it a test, beside @ChaosTest, but there is @"
                            + other.getSimpleName()
                            + ". Remove that one, and try several values in one run of the test.");
                });
    }

    private static boolean makesAnotherTest(Class<? extends Annotation> type) {
        boolean isOurs = Stream.of(ChaosMustCatch.class, ChaosTest.class)
                .anyMatch(each -> each.equals(type) || AnnotationSupport.isAnnotated(type, each));
        return !isOurs && AnnotationSupport.isAnnotated(type, Testable.class);
    }

    private static MustCatch read(String test, ChaosMustCatch wanted) {
        if (wanted.value().length == 0) {
            throw new ChaosException("@ChaosMustCatch on " + test + " must say what the test is to catch, but names"
                    + " nothing. Choose from " + Arrays.toString(names()) + ".");
        }
        if (wanted.maxRounds() < 1) {
            throw new ChaosException("@ChaosMustCatch(maxRounds) on " + test + " must be 1 or more, but was "
                    + wanted.maxRounds() + ". To leave the check out, remove the annotation.");
        }
        return new MustCatch(
                test,
                new LinkedHashSet<>(Arrays.asList(wanted.value())),
                wanted.on().isEmpty() ? Optional.empty() : Optional.of(SqlTarget.on(wanted.on())),
                wanted.maxRounds());
    }

    private static String[] names() {
        return Arrays.stream(Sabotage.values()).map(Enum::name).toArray(String[]::new);
    }
}
