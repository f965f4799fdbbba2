// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.ChaosExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a server of its own, which it may kill, freeze or fill; it takes less than a tenth of a second.
 *
 * <p>All that the test is handed leads to it: its {@code DataSource}, its {@code Postgres}, its {@code PostgresServer}. It is
 * stopped and removed after the test, also a red one. Other tests run beside it, since nothing that happens to it reaches
 * theirs.
 *
 * <p>A test method with a parameter that reaches a whole server, such as {@code PostgresServer}, has one without saying so
 * (see {@link dev.chaostest.plan.Reaches}). On a class it holds for each of its tests. {@link IsolatedSchema} and
 * {@link IsolatedDatabase} stand beside it; their scripts run for each test then.
 *
 * <p>Limitations: where the settings name a server of the user's, this library starts none, and the test is reported as
 * {@code chaos.requires} says.
 *
 * <pre>{@code
 * @Test
 * @OwnServer
 * void survivesARestart(DataSource bank, PostgresServer server) {
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
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface OwnServer {}
