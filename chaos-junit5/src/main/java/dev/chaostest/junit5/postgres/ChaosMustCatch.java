// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.postgres.wire.Sabotage;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Checks that a test has teeth: sabotages the code under test, and fails if the test stays green.
 *
 * <p>The test is run once as it is, and must pass. Then it is run once for each place at which a sabotage makes a difference to
 * the data, all of its life cycle included, and must fail: by an assertion or any other exception, in the method or behind it.
 * What it throws then is swallowed. If it passes, that round fails and says what the test does not notice, and where.
 *
 * <p>What the code under test sees does not change; see {@link Sabotage} for what is done on the way to the server. Statements
 * that the test class sends itself are left out, as arranging and asserting are not what is tried. A place that is not
 * reached again, or where nothing could be done, is an aborted round that says so; so is one that the test has passed and that left
 * the test's own schema or database with the same data as the first round.
 *
 * <p>Stands in the place of {@code @Test}, or beside {@code @ChaosTest}, and no other that makes a test: {@code @ParameterizedTest}
 * and {@code @RepeatedTest} are refused. Other faults of the test strike in all rounds. The rounds run
 * one after the other. In a dry run there is only the first one.
 *
 * <p>Limitations: what functions, triggers and procedures write, {@code COPY}, and query strings with several statements are
 * not sabotaged. A transaction that ends with its connection has no ROLLBACK.
 *
 * <pre>{@code
 * @ChaosMustCatch({Sabotage.RUN_TWICE, Sabotage.DROP_WRITE})
 * @IsolatedSchema("bank.sql")
 * void aTransferMovesMoney(DataSource bank) {
 *     new TransferService(bank).transfer(1, 2, 100);
 *     assertThat(balances(bank)).containsExactly(900, 1100);
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@TestTemplate
@Execution(ExecutionMode.SAME_THREAD)
@Tag(ChaosTags.CHAOS)
@ExtendWith({ChaosExtension.class, PostgresExtension.class, MustCatchExtension.class})
public @interface ChaosMustCatch {

    /** What is done to the code; each must find a place. */
    Sabotage[] value();

    /**
     * The statements that are sabotaged, by verb and table: {@code "UPDATE account"}, {@code "account"}. A ROLLBACK is in any
     * case. Default: all.
     */
    String on() default "";

    /** How many places are tried at most, the first of each sabotage first; 1 or more. The first round says what was left out. */
    int maxRounds() default 100;
}
