// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Skips or fails a test whose PostgreSQL lacks what it needs. Asked for each test and not for its class: what a class hands
 * over may come up in its {@code @BeforeAll} only.
 */
final class RequiresExtension implements ExecutionCondition, BeforeEachCallback {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty() || Asked.of(context).failsOnUnmet()) {
            return ConditionEvaluationResult.enabled("not asked");
        }
        String reason = reason(context);
        return reason.isEmpty()
                ? ConditionEvaluationResult.enabled("PostgreSQL has it")
                : ConditionEvaluationResult.disabled(reason);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (Asked.of(context).failsOnUnmet()) {
            String reason = reason(context);
            if (!reason.isEmpty()) {
                throw new ChaosException(reason);
            }
        }
    }

    private static String reason(ExtensionContext context) {
        List<String> missing = new ArrayList<>();
        for (AnnotatedElement element : elements(context)) {
            AnnotationSupport.findAnnotation(element, RequiresPostgres.class)
                    .map(Requirement::new)
                    .ifPresent(requirement -> missing.addAll(missing(context, requirement, element)));
        }
        return missing.isEmpty()
                ? ""
                : Tests.name(context) + " must have " + String.join("; and ", missing)
                        + ". Use a server that has it, or leave the test to those that do.";
    }

    private static List<AnnotatedElement> elements(ExtensionContext context) {
        List<AnnotatedElement> elements = new ArrayList<>(Tests.classes(context));
        elements.add(context.getRequiredTestMethod());
        return elements;
    }

    private static List<String> missing(ExtensionContext context, Requirement requirement, AnnotatedElement element) {
        requirement.require(element instanceof Method ? Tests.name(context) : ((Class<?>) element).getSimpleName());
        try (Connection connection = Databases.around(context).admin().getConnection()) {
            return requirement.missing(connection);
        } catch (SQLException e) {
            throw new ChaosException(
                    Tests.name(context) + " must be able to ask its PostgreSQL, but that answered " + e.getSQLState()
                            + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    /** Loads what needs chaos-postgres only once it is known to be there. */
    private static final class Asked {
        static PostgresRun of(ExtensionContext context) {
            PostgresExtension.requireChaosPostgres();
            return PostgresRun.of(context);
        }
    }
}
