// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test its PostgreSQL and its planned faults.
 *
 * <p>Names no class of chaos-postgres itself, so that it loads without it and can say that it is missing.
 */
final class PostgresExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {

    private static final String MARK = "dev.chaostest.postgres.Postgres";

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
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getTestMethod().isPresent()
                && parameter.getParameter().getAnnotations().length == 0 // with one it is somebody else's
                && Resource.of(parameter.getParameter().getType()).isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return Resource.of(type).orElseThrow().open(PostgresRound.of(context));
    }

    private static void requireChaosPostgres() {
        try {
            Class.forName(MARK, false, PostgresExtension.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new ChaosException(
                    "The annotations of dev.chaostest.junit5.postgres must have chaos-postgres on the class path, but it "
                            + "is missing. Add the dependency dev.chaostest:chaos-postgres in test scope.",
                    missing);
        }
    }
}
