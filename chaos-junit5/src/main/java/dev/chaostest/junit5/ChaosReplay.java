// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Replays one red run of a test: for an IDE, where the command of a failure's replay line can't be run.
 *
 * <p>The same as {@code chaos.replay} on the command line, which beats it: faults strike at the hits that the token holds
 * and nowhere else, in that round only; of a sweep, only that variant runs. A replay that is green, but did not come to
 * all of those hits, is red as not reproduced.
 *
 * <p>Limitations: the token must be of this very test, with its annotations as they were. It can't fix which work a
 * thread pool gives to which connection.
 *
 * <pre>{@code
 * @ChaosTest(rounds = 20)
 * @ChaosReplay("c2:AAAAAAAAAE0AAAABAAAAAhAI55k")
 * void transfersAddUp(DataSource bank) {
 *     ...
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(ChaosExtension.class)
public @interface ChaosReplay {

    /** The token, as a red run printed it. */
    String value();
}
