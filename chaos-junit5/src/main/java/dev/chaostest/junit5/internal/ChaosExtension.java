// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One scope a round: opened before the test, armed while its method runs, verified behind it, closed after the test.
 */
public final class ChaosExtension
        implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor, ParameterResolver {

    private static final Logger LOG = LoggerFactory.getLogger(ChaosExtension.class);

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

    private void runArmed(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        TestRound round = TestRound.of(context);
        ChaosScope scope = round.scope();
        context.publishReportEntry("chaos.seed", scope.seed().toString());
        try (MDC.MDCCloseable ignored =
                MDC.putCloseable("chaos.seed", scope.seed().toString())) {
            round.arm();
            try {
                invocation.proceed();
            } finally {
                scope.heal();
            }
            scope.verify();
        } catch (TestAbortedException aborted) {
            throw aborted;
        } catch (Throwable thrown) {
            throw ChaosTestFailure.of(scope.name(), thrown, round.report());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestRound round = TestRound.of(context);
        context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .ifPresent(thrown -> afterFailure(round, thrown));
        round.close();
    }

    /** A failure outside the test method (a time-out, a callback) could not be given the report: it is logged. */
    private static void afterFailure(TestRound round, Throwable thrown) {
        if (!(thrown instanceof ChaosTestFailure)) {
            LOG.error("{} failed outside its method: {}{}", round.scope().name(), thrown, round.report());
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ChaosScope.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return TestRound.of(context).scope();
    }
}
