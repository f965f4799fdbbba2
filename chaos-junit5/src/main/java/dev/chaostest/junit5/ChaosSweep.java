// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.junit5.internal.SweepExtension;
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
 * A test that meets every failure that is possible at every point of its course, one at a time.
 *
 * <p>Two clean rounds write down each statement, commit, fetch, connect, {@code getConnection} and call of a wrapped object. Then
 * each fault that is possible at such a point strikes there in a round of its own, once, and if it can make a difference in
 * another from there on. Each round is one invocation of the test, with its own life cycle and fresh data. The last one is the
 * verdict: what was tried, what was pruned since it can't differ, and what was left out.
 *
 * <p>What the method throws is fine if it is the injected failure or has it among its causes; an {@code AssertionError} is red,
 * and so is any other exception. A red round is run once more: its own invocation is aborted, and the next one tells. A point
 * that is not reached again is aborted, too, and counted.
 *
 * <p>Defaults: at most 1,000 rounds and five minutes; all faults but {@code "no answer"}; no messages of the protocol but rows; tag
 * {@value ChaosTags#CHAOS}. Rounds run one after the other on one thread, whatever the configuration says.
 *
 * <pre>{@code
 * @ChaosSweep
 * @IsolatedSchema("bank.sql")
 * void noFailureLosesMoney(DataSource bank) {
 *     new TransferService(bank).transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Limitations: links are not swept; two faults in one round are not tried; what the code under test only does behind a fault
 * is counted, but not swept itself.
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@TestTemplate
@Tag(ChaosTags.CHAOS)
@Execution(ExecutionMode.SAME_THREAD)
@ExtendWith({ChaosExtension.class, SweepExtension.class})
public @interface ChaosSweep {

    /** How many faults are tried at most, 1 or more. What is left out, the verdict says. */
    int maxRounds() default 1000;

    /** After which time no further round begins, as {@code "5m"}. What is left out, the verdict says. */
    String maxTime() default "5m";

    /** Whether other messages of PostgreSQL's protocol than rows are points, too, and rows are also cancelled amid them. */
    boolean messages() default false;

    /** Which faults, by their names: {@code "connection lost"}, {@code "40001"}. Default: all that are possible, but for {@code "no answer"}, which
     * takes as long as the client's time-outs. */
    String[] faults() default {};

    /** Exceptions that the method may end with under a fault, though the injected failure is not among their causes. */
    Class<? extends Throwable>[] accepts() default {};
}
