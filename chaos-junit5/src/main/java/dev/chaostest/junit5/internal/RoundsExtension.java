// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.plan.ChaosException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** One invocation a round. */
public final class RoundsExtension implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ChaosTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Tests.requireCategory(context); // where no launcher has
        int rounds = AnnotationSupport.findAnnotation(context.getTestMethod(), ChaosTest.class)
                .map(ChaosTest::rounds)
                .orElse(1);
        if (rounds < 1) {
            throw new ChaosException("@ChaosTest(rounds) on " + Tests.name(context) + " must be 1 or more, but was "
                    + rounds + ". To leave the test out, use @Disabled.");
        }
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        ChaosRounds.begin(context, rounds), Spliterator.ORDERED | Spliterator.NONNULL),
                false);
    }
}
