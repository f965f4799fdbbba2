// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.junit5.internal.WrapExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Wraps what a field of the test holds, or hands a wrapped object to the test, so that faults reach its calls.
 *
 * <p>The field holds a proxy of the same interface from before {@code @BeforeEach} until behind {@code @AfterEach}. Calls
 * are sites of the test's scope ({@code call:Gateway.charge}) while the test method runs; at any other time, and where
 * nothing strikes, the object is simply called.
 *
 * <p>A parameter of the test method gets a proxy of what {@link #from} names, which is not changed itself.
 *
 * <p>Default: its name is that of the field, or of what {@code from} names.
 *
 * <pre>{@code
 * @ChaosWrap
 * private Gateway gateway = new HttpGateway(url);
 * }</pre>
 *
 * <p>Limitations: the field is an instance field that is not final; its type is an interface; it is set where it is declared
 * or in the constructor; tests that share one instance run one after the other. For anything else:
 * {@code scope.wrap(Gateway.class, gateway)}.
 *
 * @since 0.1
 */
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith({ChaosExtension.class, WrapExtension.class})
public @interface ChaosWrap {

    /**
     * The name of the object, as {@code object = "stripe"} of a fault means it; default: that of the field, or of what
     * {@link #from} names.
     */
    String value() default "";

    /**
     * On a parameter: the name of a field or of a method without parameters of the test class, or of one around it, that
     * holds what is to be wrapped.
     */
    String from() default "";
}
