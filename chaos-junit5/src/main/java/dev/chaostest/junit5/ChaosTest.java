// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.junit5.internal.RoundsExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that meets failures, in one round or in many.
 *
 * <p>Each round has its own {@link dev.chaostest.ChaosScope} and its own seed, derived from the run's. A red round
 * prints what was injected, where, what came back, and one line that replays it; the rest of the evidence, with what the
 * threads and the server did at that moment, is in a file below {@code target/chaos} that the message names. A planned
 * fault that could strike and did not makes the round red too. Where more than two faults struck, the round is run again with
 * fewer, shorter and earlier ones, up to {@code chaos.shrink} times, and the failure shows the few with which it is still red:
 * this needs invocations that run one after the other ({@code @Execution(SAME_THREAD)} where tests run in parallel). A round
 * that was red by chance is run first next time, until it is green ({@code chaos.failing-first}). Faults are active during the test method only: not in
 * {@code @BeforeEach} and {@code @AfterEach}.
 *
 * <p>Each has exactly one category: a tag out of {@link ChaosTags}, on the method or on its class. Without one the run
 * fails before it begins, with the list of these tests.
 *
 * <p>Defaults: one round; tag {@value ChaosTags#CHAOS}; a time-out of 300 s where neither {@code @Timeout} nor JUnit's
 * configuration sets one. Everything but the rounds works the same with {@code @Test}, {@code @ParameterizedTest} and
 * {@code @RepeatedTest} beside the other annotations.
 *
 * <pre>{@code
 * @ChaosTest(rounds = 20)
 * @Tag(ChaosTags.CONCURRENT)
 * @ChaosDelay(max = "20ms")
 * void transfersAddUp(DataSource bank) {
 *     ...
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@TestTemplate
@Tag(ChaosTags.CHAOS)
@ExtendWith({ChaosExtension.class, RoundsExtension.class})
public @interface ChaosTest {

    /** How many rounds, each with a seed of its own; 1 or more. */
    int rounds() default 1;
}
