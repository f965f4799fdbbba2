// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.Sweeping;
import dev.chaostest.explore.Turn;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.plan.ChaosException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.AnnotationSupport;

/** One invocation a round; each is asked for when the one before is over, since it may depend on it. */
public final class SweepExtension implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ChaosSweep.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        requireOneByOne(context);
        Sweeping sweeping = SweepRun.begin(context).sweeping();
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new Rounds(Tests.name(context), sweeping), Spliterator.ORDERED | Spliterator.NONNULL),
                false);
    }

    private static void requireOneByOne(ExtensionContext context) {
        if (context.getExecutionMode() != ExecutionMode.SAME_THREAD) {
            throw new ChaosException("The rounds of @ChaosSweep on " + Tests.name(context)
                    + " must run one after the other, but @Execution(CONCURRENT) is on the method. Remove it.");
        }
    }

    /** JUnit asks for the next when the last is over, since all run on its thread. */
    private static final class Rounds implements Iterator<TestTemplateInvocationContext> {
        private final String test;
        private final Sweeping sweeping;
        private @Nullable Turn next;
        private boolean isAsked;

        Rounds(String test, Sweeping sweeping) {
            this.test = test;
            this.sweeping = sweeping;
        }

        @Override
        public boolean hasNext() {
            if (!isAsked) {
                next = ask().orElse(null);
                isAsked = true;
            }
            return next != null;
        }

        private Optional<Turn> ask() {
            try {
                return sweeping.next();
            } catch (ChaosException e) {
                throw new ChaosException("@ChaosSweep on " + test + ": " + e.getMessage(), e);
            }
        }

        @Override
        public TestTemplateInvocationContext next() {
            Turn turn = hasNext() ? next : null;
            if (turn == null) {
                throw new NoSuchElementException("there is no round behind the last.");
            }
            isAsked = false;
            return new RoundContext(turn.name());
        }
    }

    private record RoundContext(String name) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return name;
        }
    }
}
