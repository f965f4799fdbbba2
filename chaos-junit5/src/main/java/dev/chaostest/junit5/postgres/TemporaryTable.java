// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a temporary table for a {@code TempTable} parameter of a test method.
 *
 * <p>It lives in a connection of its own, {@code table.connection()}, and nobody else sees it: no other parameter, no worker,
 * no connection of a pool. For rows that several sessions share, take {@link IsolatedSchema}. It is dropped after the test.
 *
 * <pre>{@code
 * @Test
 * void keepsDrafts(@TemporaryTable("id int PRIMARY KEY, data text") TempTable drafts) {
 *     try (Statement statement = drafts.connection().createStatement()) {
 *         statement.execute("INSERT INTO " + drafts.qualified() + " VALUES (1, 'a')");
 *     }
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TemporaryTable {

    /** Its columns, as between the parentheses of CREATE TABLE. */
    String value();

    /** Its name, neither quoted nor folded; in its session it hides a table of the same name. */
    String name() default "chaos_temp";
}
