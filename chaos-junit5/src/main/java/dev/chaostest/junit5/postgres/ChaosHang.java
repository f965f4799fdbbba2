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
 * Has a statement hang: no answer comes until the caller gives up, or the test ends.
 *
 * <p>The caller waits as for a server that has stopped: its socket time-out and query time-out apply, and closing the
 * connection, a cancel, an interrupt or the end of the test frees it at once. Where no time-out of the
 * client would end it, the connection is ended after {@code chaos.hang-limit}, 10 s, and the test is red with what to set.
 *
 * <p>Default: the first matching hit of the scope, once, before the statement is sent.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @ChaosHang(on = "SELECT account")
 * void aHangingReadIsGivenUp(DataSource bank) {
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
@Repeatable(ChaosHang.List.class)
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface ChaosHang {

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
        ChaosHang[] value();
    }
}
