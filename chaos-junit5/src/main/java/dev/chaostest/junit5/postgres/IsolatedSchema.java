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
 * Gives each test a schema of its own, on every connection of the DataSource that it is handed.
 *
 * <p>The schema is the session's default: unqualified names mean it on every connection, also behind a pool and after
 * {@code RESET} or {@code DISCARD ALL}. It is loaded from scripts before the test, dropped after a green one, and kept
 * after a red one, with the connection string in the failure message. What tests left behind that died is swept after a
 * day. Tests in parallel never see each other.
 *
 * <p>Limitations: a schema does not isolate keys of advisory locks, NOTIFY channels, names of prepared transactions,
 * roles and statistics.
 *
 * <p>On a class it holds for each of its tests; on the method it replaces that of the class. More schemas for one test
 * come from {@code TestSchema.sibling}.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * void startsWithThreeAccounts(DataSource bank) {
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
public @interface IsolatedSchema {

    /** The scripts to load, in order: resources beside the test class, from the root with a leading slash, or {@code file:}. */
    String[] value() default {};

    /** The beginning of the schema's name. */
    String prefix() default "chaos";

    /** Whether {@code public} is searched behind the schema, for extensions that live there. */
    boolean includePublic() default false;

    /** Whether the schema of a red test stays for a look at it. */
    boolean keepOnFailure() default true;
}
