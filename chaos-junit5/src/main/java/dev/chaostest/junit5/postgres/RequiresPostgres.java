// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test only where the PostgreSQL has what it needs; else says what is missing.
 *
 * <p>By default the test is reported as skipped, with the reason. With {@code chaos.requires=fail} it fails instead: a
 * pipeline should set that, so that a missing extension does not turn tests off unnoticed. The server is asked, as the role
 * that tests connect as, before the test's schema or database is made: what their scripts make does not count.
 *
 * <p>On a class it holds for each of its tests, in addition to what stands on the method.
 *
 * <pre>{@code
 * @Test
 * @RequiresPostgres(version = 16, extension = "pgcrypto")
 * void encrypts(DataSource bank) { ... }
 * }</pre>
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(RequiresExtension.class)
public @interface RequiresPostgres {

    /** The oldest major version that will do, such as 16. Default: any. */
    int version() default 0;

    /**
     * Roles of which the test's role must be a member, such as {@code pg_signal_backend}; or the attributes SUPERUSER,
     * CREATEDB, CREATEROLE and REPLICATION, in capitals. A superuser is a member of all.
     */
    String[] role() default {};

    /** Extensions that CREATE EXTENSION must find on the server. */
    String[] extension() default {};

    /**
     * Functions that must be there: {@code pg_promote}, {@code bank.transfer}, or with the types of its arguments
     * {@code transfer(int, int)}.
     */
    String[] function() default {};
}
