// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.postgres.Isolation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a {@code @ParameterizedTest} once for each isolation level.
 *
 * <p>The level is an argument: the test sets it with {@link Isolation#run} or {@link Isolation#begin}, or hands it to the
 * code under test ({@link Isolation#jdbcLevel}). The other parameters and the fault annotations work as beside any test;
 * each level is a round of its own.
 *
 * <p>Default: all of them, the weakest first. Needs {@code junit-jupiter-params}, as {@code @ParameterizedTest} does.
 *
 * <pre>{@code
 * @ParameterizedTest
 * @IsolationLevels({Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE})
 * void noWithdrawalIsLost(Isolation level, DataSource bank) throws SQLException {
 *     ...
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ArgumentsSource(IsolationLevelsProvider.class)
public @interface IsolationLevels {

    /** The levels, in this order; none stands for all. */
    Isolation[] value() default {};
}
