// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

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
 * Has a call of a {@linkplain ChaosWrap wrapped} object throw.
 *
 * <p>The caller sees the exception as if the object had thrown it; where the answer comes later, the future fails with it.
 * Before the effect the object is not reached; after it, the object did its work and the caller does not learn of it.
 *
 * <p>Default: the first matching call of the scope, once, before the effect.
 *
 * <pre>{@code
 * @ChaosTest
 * @ChaosCallFailure(on = Gateway.class, method = "charge", exception = IOException.class, times = 2)
 * void aFailedChargeIsTriedAgain() {
 *     ...
 * }
 * }</pre>
 *
 * <p>Limitations: the exception has a public constructor that takes its message, or nothing; one that the method does not
 * declare is refused when it is due, as a red test. For any other, write the rule:
 * {@code scope.inject(Rule.of(Calls.to(Gateway.class, "charge"), Trigger.nth(1), Failure.of(...)))}.
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(ChaosCallFailure.List.class)
@ExtendWith(ChaosExtension.class)
public @interface ChaosCallFailure {

    /** What is thrown; a new one each time. */
    Class<? extends Throwable> exception();

    /** Its message, if it takes one. */
    String message() default "injected by a chaos test";

    /** Before the call reaches the object, or behind its effect. */
    When strikes() default When.BEFORE;

    /** The interface that is wrapped. */
    Class<?> on();

    /** One method of it, whatever its parameters; default: all. */
    String method() default "";

    /** The {@linkplain ChaosWrap#value name} of one wrapped object; default: all of that interface. */
    String object() default "";

    /** Strikes from the n-th matching call on, counted from 1; default: the first. */
    long nth() default 1;

    /** How many calls in a row it strikes, 0 for all of them; with {@link #every}, {@link #probability} or
     * {@link #during} a limit. Default: once; with {@link #every}, {@link #probability} or {@link #during}: all. */
    long times() default UNSET;

    /** Strikes each n-th matching call only: n, 2n, 3n ... Not together with {@link #nth}. Default: off. */
    long every() default 0;

    /** Strikes each matching call with this probability, between 0 and 1, drawn from the seed. Not together with
     * {@link #nth} or {@link #every}. Default: certain. */
    double probability() default 1.0;

    /** Strikes only for this long after the test method began, as {@code "2s"}. Default: to its end. */
    String during() default "";

    /** Whether each lane, a wrapped object or a worker, counts by itself. Default: the whole scope. */
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
    @ExtendWith(ChaosExtension.class)
    @interface List {
        /** The annotations. */
        ChaosCallFailure[] value();
    }
}
