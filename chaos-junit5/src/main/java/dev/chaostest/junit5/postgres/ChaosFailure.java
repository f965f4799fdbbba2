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
 * Makes the server answer a statement with an error.
 *
 * <p>The server itself raises the SQLSTATE in place of the statement: the exception is the driver's own, the statement
 * has no effect, and the transaction is really aborted, so that working on in it gives 25P02. At COMMIT the transaction
 * is rolled back and the session is idle, as after a real failure there. BEGIN and ROLLBACK never fail.
 *
 * <p>57014 is a real cancel, 55P03 a real lock time-out, 57P01 a real termination of the backend; 57P02, 57P05, 25P03 and
 * 25P04 end the session, too; 08006 is a lost connection. 08001, 08004, 53300 and 57P03 come at {@link Operation#CONNECT}
 * only. See {@link dev.chaostest.postgres.wire.ServerError}.
 *
 * <p>With operation {@link Operation#ACQUIRE}, {@code getConnection} of the pool fails instead: it waits for the pool's
 * connection time-out, and throws what HikariCP throws. Without an SQLSTATE, as if all connections were in use; with {@code
 * 08001}, {@code 53300} or {@code 57P03}, as if the pool could not connect.
 *
 * <p>Default: the first matching hit of the scope fails, once.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @ChaosFailure(sqlState = "40001", on = "UPDATE account", times = 2)
 * void transferIsRetried(DataSource bank) {
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
@Repeatable(ChaosFailure.List.class)
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface ChaosFailure {

    /**
     * The SQLSTATE, five characters: {@code "40001"} is a serialization failure. Must be set, but for operation {@link
     * Operation#ACQUIRE}: there, none is a pool whose connections are all in use.
     */
    String sqlState() default "";

    /** The message of the server's error. Default: one that says that it was injected. */
    String message() default "";

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

    /** The kind of operation; default: any but BEGIN and ROLLBACK. */
    Operation operation() default Operation.ANY;

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
        ChaosFailure[] value();
    }
}
