// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.ChaosExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Loses a COMMIT, or the news of it.
 *
 * <p>What the caller sees, and what is committed, says each {@link CommitFault}. What became of the transaction in truth is in
 * the report of a red test, and in a {@code Truth} parameter.
 *
 * <p>Default: the first COMMIT of the scope, once. A statement that commits by itself, {@code PREPARE TRANSACTION} and {@code
 * COMMIT PREPARED} are named by {@link #on} or {@link #matching}; there is no {@link CommitFault#ROLLED_BACK} for a statement.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @ChaosCommit(CommitFault.REPLY_LOST)
 * void aLostReplyIsNotPaidTwice(DataSource bank, Truth truth) {
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
@Repeatable(ChaosCommit.List.class)
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface ChaosCommit {

    /** What happens to it. */
    CommitFault value();

    /** What it fails with, with {@link CommitFault#REJECTED} only. Default: 40001; a deferred constraint has 23503 or 23505. */
    String sqlState() default "";

    /** How late the reply is, as {@code "2s"}, with {@link CommitFault#ACKNOWLEDGED_LATE} only. Default: 1 s. */
    String delay() default "";

    /** The statement instead of COMMIT, by its verb and its table: {@code "INSERT payment"}. */
    String on() default "";

    /**
     * The statement instead of COMMIT, by a regular expression, found anywhere in its normalised text, whatever the case:
     * {@code "^COMMIT PREPARED"}. Literals are {@code ?} there. Not together with {@link #on}.
     */
    String matching() default "";

    /** Strikes from the n-th matching hit on, counted from 1; default: the first. */
    long nth() default 1;

    /** How many hits in a row it strikes, 0 for all of them; with {@link #every}, {@link #probability} or
     * {@link #during} a limit. Default: once; with {@link #every}, {@link #probability} or {@link #during}: all. */
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
        ChaosCommit[] value();
    }
}
