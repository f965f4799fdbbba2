// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.plan.When;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Makes the answer to a statement late.
 *
 * <p>The caller waits as for a slow server: its socket time-out and query time-out apply, and closing the connection, a
 * cancel, an interrupt or the end of the test frees it at once. The result is not changed.
 *
 * <p>With operation {@link Operation#ACQUIRE}, {@code getConnection} of the pool is slow instead. The pool's connection time-out
 * bounds it: a longer delay ends in HikariCP's {@code SQLTransientConnectionException}.
 *
 * <p>Default: every matching hit, for a time between 0 and 100 ms that is drawn from the seed, before the statement is
 * sent.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @ChaosDelay(value = "250ms", on = "COMMIT")
 * void aSlowCommitIsWaitedFor(DataSource bank) {
 *     ...
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(ChaosDelay.List.class)
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface ChaosDelay {

    /**
     * The length, as {@code "250ms"}; with {@link #deviation} the mean, with {@link #p99} the median. Not together with
     * {@link #min} and {@link #max}.
     */
    String value() default "";

    /** Draws the length from a normal distribution around {@link #value} with this deviation, never below zero. */
    String deviation() default "";

    /** Draws the length as services have it: half of them below {@link #value}, one of a hundred above this. */
    String p99() default "";

    /** The shortest of drawn lengths. */
    String min() default "0ms";

    /** The longest of drawn lengths; default: 100 ms. */
    String max() default "";

    /** Before the statement is sent, or before its answer is handed on. */
    When strikes() default When.BEFORE;

    /**
     * The statement by its verb and its table: {@code "UPDATE account"}, {@code "account"}, {@code "COMMIT"}. Case,
     * schema, quotes and aliases don't matter; {@code account} is not {@code account_old}. Default: every statement but those
     * that drivers and pools send by themselves, such as {@code SET application_name}.
     */
    String on() default "";

    /**
     * The statement by a regular expression, found anywhere in its normalised text, whatever the case. Literals are
     * {@code ?} there. Not together with {@link #on}.
     */
    String matching() default "";

    /** The kind of operation; default: any. */
    Operation operation() default Operation.ANY;

    /**
     * The message of the protocol, in place of a statement, by its name in PostgreSQL's documentation: {@code "Parse"}, {@code
     * "CommandComplete"}, {@code "CopyData from server"}. Drivers' and pools' own count, too. {@code "DataRow"} may have {@link
     * #on} or {@link #matching} beside it; others stand alone. Default: a statement.
     */
    String message() default "";

    /** Strikes from the n-th matching hit on, counted from 1; default: the first. */
    long nth() default 1;

    /** How many hits in a row it strikes, 0 for all of them; with {@link #every}, {@link #probability} or
     * {@link #during} a limit. Default: all. */
    long times() default UNSET;

    /** Strikes each n-th matching hit only: n, 2n, 3n ... Not together with {@link #nth}. Default: off. */
    long every() default 0;

    /** Strikes each matching hit with this probability, between 0 and 1, drawn from the seed. Not together with
     * {@link #nth} or {@link #every}. Default: certain. */
    double probability() default 1.0;

    /** Strikes only for this long after the test method began, as {@code "2s"}. Default: to its end. */
    String during() default "";

    /** Whether each lane counts by itself, which makes counts independent of scheduling. Default: the whole scope. */
    boolean perLane() default false;

    /** Whether the test stays green if the fault never strikes. Default: it fails. */
    boolean mayMiss() default false;

    /** The value of {@link #times} that stands for its default. */
    long UNSET = -1;

    /** Several of them. */
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @Documented
    @Inherited
    @ExtendWith({ChaosExtension.class, PostgresExtension.class})
    @interface List {
        /** The annotations. */
        ChaosDelay[] value();
    }
}
