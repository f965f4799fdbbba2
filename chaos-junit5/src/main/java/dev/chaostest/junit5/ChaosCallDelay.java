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
 * Makes a call of a {@linkplain ChaosWrap wrapped} object late.
 *
 * <p>The caller waits as for a slow object; where the answer comes later, it comes later still. An interrupt and the end of
 * the test end the wait at once. The effect and the result are not changed. In a test with a
 * {@link dev.chaostest.time.VirtualTime} parameter the wait goes by that.
 *
 * <p>Default: every matching call, for a time between 0 and 100 ms that is drawn from the seed, before the effect.
 *
 * <pre>{@code
 * @ChaosTest
 * @ChaosCallDelay(value = "2s", on = Gateway.class)
 * void aSlowGatewayIsGivenUp() {
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
@Repeatable(ChaosCallDelay.List.class)
@ExtendWith(ChaosExtension.class)
public @interface ChaosCallDelay {

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
     * {@link #during} a limit. Default: all. */
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
        ChaosCallDelay[] value();
    }
}
