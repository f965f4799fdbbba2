// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.slf4j.MDC;

/**
 * One scope a round: opened before the test, armed while its method runs, verified behind it, closed after the test.
 */
public final class ChaosExtension
        implements BeforeEachCallback,
                AfterEachCallback,
                InvocationInterceptor,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler,
                ParameterResolver {

    @Override
    public void beforeEach(ExtensionContext context) {
        TestRound.of(context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runArmed(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runArmed(invocation, context);
    }

    /** Dynamic tests run when the factory has returned: nothing would be armed, and nothing verified. */
    @Override
    public <T> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
        throw new ChaosException("A chaos test must be a method of its own, but " + Tests.name(context)
                + " is a @TestFactory. Use @ParameterizedTest, or @ChaosTest(rounds).");
    }

    private void runArmed(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        TestRound round = TestRound.of(context);
        ChaosScope scope = round.scope();
        context.publishReportEntry("chaos.seed", scope.seed().toString());
        try (MDC.MDCCloseable ignored =
                MDC.putCloseable("chaos.seed", scope.seed().toString())) {
            Watchdog.run(scope.name(), TestTimeout.of(context), () -> {
                round.arm();
                try {
                    invocation.proceed();
                } finally {
                    scope.heal();
                }
            });
            scope.verify();
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw withReport(context, thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw withReport(context, thrown);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw withReport(context, thrown);
    }

    private static Throwable withReport(ExtensionContext context, Throwable thrown) {
        boolean isNoFailure = thrown instanceof TestAbortedException || thrown instanceof VirtualMachineError;
        if (isNoFailure || thrown instanceof ChaosTestFailure) {
            return thrown;
        }
        TestRound round = TestRound.of(context);
        return ChaosTestFailure.of(round.scope().name(), thrown, round.report());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestRound round = TestRound.of(context);
        boolean isRed = context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .isPresent();
        if (isRed) {
            round.report(); // keeps what is to be kept, also where another extension failed the test
        }
        round.close();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getTestMethod().isPresent() && parameter.getParameter().getType() == ChaosScope.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return TestRound.of(context).scope();
    }
}
