// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Takes memory, CPU and threads from the code under test while the test method runs.
 *
 * <p>The whole amount is taken before the method begins, which was verified, and given back behind it. What would kill the
 * JVM is refused with the numbers, as a red test. The ledger says what was reached. On a method it replaces that of the
 * class.
 *
 * <p>Default: nothing of a kind that is not named.
 *
 * <pre>{@code
 * @ChaosTest
 * @ChaosPressure(heap = "64MB", cpu = 2)
 * void aReportIsMadeInWhatIsLeft() {
 *     ...
 * }
 * }</pre>
 *
 * <p>Limitations: for a full disk, and for a while only: {@link dev.chaostest.pressure.Pressure}.
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ChaosExtension.class)
public @interface ChaosPressure {

    /** How much of the heap, as {@code "512KB"}, {@code "64MB"} or {@code "1GB"}. */
    String heap() default "";

    /** How many threads are busy all the time, up to four for each processor. */
    int cpu() default 0;

    /** How many threads do nothing. */
    int threads() default 0;
}
