// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Gives a test its PostgreSQL and its planned faults.
 *
 * <p>Names no class of chaos-postgres itself, so that it loads without it and can say that it is missing.
 */
final class PostgresExtension
        implements BeforeAllCallback, BeforeEachCallback, InvocationInterceptor, ParameterResolver {

    private static final String OURS = "dev.chaostest.postgres.Postgres";
    private static final String DRIVER = "org.postgresql.Driver";

    /** All annotations of the class are read before anything runs: a mistake in one fails the class at once. */
    @Override
    public void beforeAll(ExtensionContext context) {
        requireChaosPostgres();
        PostgresClass.check(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        requireChaosPostgres();
        PostgresRound.of(context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        proceed(invocation, PostgresRound.of(context));
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        proceed(invocation, PostgresRound.of(context));
    }

    private static void proceed(Invocation<Void> invocation, PostgresRound round) throws Throwable {
        round.requirePool();
        try (AutoCloseable lock = round.locks().held()) {
            invocation.proceed();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            return false;
        }
        return parameter.isAnnotated(TemporaryTable.class)
                || (parameter.getParameter().getAnnotations().length == 0 // with another it is somebody else's
                        && Resource.of(parameter.getParameter().getParameterizedType())
                                .isPresent());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Optional<TemporaryTable> table = parameter.findAnnotation(TemporaryTable.class);
        if (table.isPresent()) {
            return TempTables.open(PostgresRound.of(context), parameter.getParameter(), table.get());
        }
        return Resource.of(parameter.getParameter().getParameterizedType())
                .orElseThrow()
                .open(PostgresRound.of(context));
    }

    static void requireChaosPostgres() {
        require(OURS, "chaos-postgres", "dev.chaostest:chaos-postgres");
        require(DRIVER, "PostgreSQL's driver", "org.postgresql:postgresql");
    }

    private static void require(String type, String what, String dependency) {
        try {
            Class.forName(type, false, PostgresExtension.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new ChaosException(
                    "The annotations of dev.chaostest.junit5.postgres must have " + what
                            + " on the class path, but it is " + "missing. Add the dependency " + dependency
                            + " in test scope.",
                    missing);
        }
    }
}
