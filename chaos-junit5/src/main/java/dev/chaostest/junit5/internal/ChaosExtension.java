// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.VirtualTime;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.slf4j.MDC;

/**
 * One scope a round: opened before the test, armed while its method runs, verified behind it, closed after the test.
 */
public final class ChaosExtension
        implements BeforeEachCallback,
                AfterTestExecutionCallback,
                AfterEachCallback,
                InvocationInterceptor,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler,
                PreInterruptCallback,
                ParameterResolver {

    @Override
    public void beforeEach(ExtensionContext context) {
        Tests.requireCategory(context);
        WrappedFields.wrap(context, TestRound.of(context));
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
        try {
            runArmed(invocation, context);
        } catch (Throwable thrown) {
            if (!TestRound.of(context).isTaken(thrown)) {
                throw thrown;
            }
        }
    }

    /** Dynamic tests run when the factory has returned: nothing would be armed, and nothing verified. */
    @Override
    public <T> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
        throw new ChaosException("A chaos test must be a method of its own, but " + Tests.name(context)
                + " is a @TestFactory. Use @ParameterizedTest, or @ChaosTest(rounds).");
    }

    /** The verdict of a sweep runs nothing. */
    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        if (isVerdict(context)) {
            invocation.skip();
        } else {
            invocation.proceed();
        }
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        interceptBeforeEachMethod(invocation, method, context);
    }

    private static boolean isVerdict(ExtensionContext context) {
        return TestRound.of(context).sweep().filter(SweepRound::isVerdict).isPresent();
    }

    private void runArmed(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        TestRound round = TestRound.of(context);
        ChaosScope scope = round.scope();
        if (isVerdict(context)) {
            invocation.skip();
            round.sweep().orElseThrow().tell(context);
            return;
        }
        round.requireNeeded();
        context.publishReportEntry("chaos.seed", scope.seed().toString());
        try (MDC.MDCCloseable ignored =
                MDC.putCloseable("chaos.seed", scope.seed().toString())) {
            round.sweep().ifPresent(sweep -> sweep.begins(scope));
            Watchdog.run(scope.name(), TestTimeout.of(context), round.files(), () -> {
                round.arm();
                proceed(invocation, round, context);
            });
            round.sweep().ifPresentOrElse(sweep -> sweep.judge(scope), scope::verify);
            round.files().evidence().discard();
        }
    }

    /** What went wrong is looked at before it is healed, and not in the time that the test has: see the handler below. */
    private static void proceed(Invocation<Void> invocation, TestRound round, ExtensionContext context)
            throws Throwable {
        boolean failed = false;
        try {
            invocation.proceed();
            ChaosScope scope = round.scope();
            boolean isWrong =
                    !scope.round().findings().isEmpty() || !scope.unfulfilled().isEmpty();
            if (round.sweep().isEmpty() && isWrong) {
                round.files().failed();
            }
        } catch (Throwable thrown) {
            Throwable told = Unavailable.told(thrown, context);
            if (round.sweep()
                    .filter(sweep -> sweep.expects(told, round.scope()))
                    .isPresent()) {
                return;
            }
            failed = isFailure(told);
            throw told;
        } finally {
            if (!failed) {
                round.scope().heal();
            }
        }
    }

    /** A time-out of JUnit's: what hangs is looked at, and freed, before the interrupt. */
    @Override
    public void beforeThreadInterrupt(PreInterruptContext interrupt, ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            TestRound.of(context).files().late(interrupt.getThreadToInterrupt());
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        TestRound round = TestRound.of(context);
        Throwable told = Unavailable.told(thrown, context);
        if (isFailure(told)) {
            round.files().failed();
        }
        round.scope().heal();
        if (!round.isTaken(told)) {
            throw withReport(context, told);
        }
    }

    /** Also where somebody else has swallowed what the test threw: nothing is armed in {@code @AfterEach}. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        TestRound.of(context).scope().heal();
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw withReport(context, Unavailable.told(thrown, context));
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (!TestRound.of(context).isTaken(thrown)) {
            throw withReport(context, thrown);
        }
    }

    private static Throwable withReport(ExtensionContext context, Throwable thrown) {
        return isFailure(thrown) && !(thrown instanceof ChaosTestFailure)
                ? TestRound.of(context).told(thrown)
                : thrown;
    }

    static boolean isFailure(Throwable thrown) {
        return !(thrown instanceof TestAbortedException || thrown instanceof VirtualMachineError);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        TestRound round = TestRound.of(context);
        Optional<Throwable> seen = context.getExecutionException();
        try {
            close(round, context);
        } catch (Exception | Error last) {
            seen = seen.or(() -> Optional.of(last));
            throw last;
        } finally {
            round.ended(seen);
        }
    }

    private static void close(TestRound round, ExtensionContext context) throws Exception {
        round.publishDryRun(context);
        Optional<Throwable> red = context.getExecutionException().filter(ChaosExtension::isFailure);
        // keeps what is to be kept, also where another extension failed the test
        if (!round.isWithheld()) {
            red.ifPresentOrElse(round::failure, round.files()::withdraw);
        }
        try {
            round.close();
        } catch (RuntimeException | Error residue) {
            if (red.isPresent() || !isFailure(residue)) {
                throw residue;
            }
            if (!round.isTaken(residue)) {
                Throwable told = round.told(residue);
                if (told instanceof RuntimeException aborted) {
                    throw aborted;
                }
                throw (Error) told;
            }
        } finally {
            round.files().publish(context);
        }
        round.judge();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return context.getTestMethod().isPresent()
                && (type == ChaosScope.class
                        || type == VirtualTime.class
                        || CollectorResolver.supports(parameter.getParameter().getParameterizedType()));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestRound round = TestRound.of(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == VirtualTime.class) {
            return round.virtualTime();
        }
        return type == ChaosScope.class
                ? round.scope()
                : CollectorResolver.resolve(parameter.getParameter().getParameterizedType(), round.scope());
    }
}
