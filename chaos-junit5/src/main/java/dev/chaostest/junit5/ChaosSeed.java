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
 * Fixes the seed of a test, or of all tests of a class.
 *
 * <p>Weaker than {@code chaos.replay} and {@code chaos.seed} as properties, stronger than {@code CHAOS_SEED} in
 * the environment. Without any of them the seed is random and printed with every failure. The first round has this
 * seed, later ones derive theirs from it. On the method it beats the one on the class.
 *
 * <pre>{@code
 * @ChaosTest
 * @ChaosSeed(77)
 * void theBugOfLastTuesday(DataSource bank) {
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
@ExtendWith(ChaosExtension.class)
public @interface ChaosSeed {

    /** The seed; 0 is one like any other. */
    long value();
}
