// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.junit5.internal.LinkExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hands the test a {@link dev.chaostest.link.TcpLink} to a server: clients that connect to its port reach the server through
 * it, until the test makes it slow, lossy or dead.
 *
 * <p>It is open while the test method runs, and the test's scope is armed on it. Clients see an ordinary server.
 *
 * <p>Default: to the PostgreSQL of {@code @PostgresTest}.
 *
 * <pre>{@code
 * @ChaosTest
 * void aCutLinkIsNoticed(@ChaosLink(to = "provider") TcpLink link) {
 *     link.cut().during(() -> assertThat(client.isHealthy()).isFalse());
 * }
 * }</pre>
 *
 * <p>Limitations: on a parameter of the test method only.
 *
 * @since 0.1
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith({ChaosExtension.class, LinkExtension.class})
public @interface ChaosLink {

    /**
     * The server: {@code "localhost:8080"}, or the name of a field or of a method without parameters of the test class, or of
     * one around it. That holds an {@code InetSocketAddress}, a {@code URI} with a port, {@code "host:port"}, or the number of
     * a port of this machine.
     */
    String to() default "";

    /** The link's name in sites and messages; default: the name of that field or method, else {@code server}. */
    String name() default "";
}
