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
 * Gives each test a database of its own, on every connection that it is handed.
 *
 * <p>It is copied from a template, for which the scripts run once as long as they don't change; the next ones are copied
 * while tests run. Scripts may do what those of a schema can't: create extensions, create schemas and name them, set the
 * database's defaults. It is dropped after a green test, and kept after a red one, with the connection string in the failure
 * message. What tests left behind that died is swept after a day. A {@code TestDatabase} parameter is this database, and a
 * {@code Postgres} parameter leads to it.
 *
 * <p>A fault that reaches a whole database ({@link dev.chaostest.plan.Reach#DATABASE}) reaches this one only, so the test
 * needs no lock against others. Advisory locks, NOTIFY channels and statistics are its own, too.
 *
 * <p>Limitations: roles, ids of prepared transactions and whatever fails the server belong to the server; see
 * {@link OwnServer}. The role must be allowed to create databases. With 8 MB at least, a copy takes some milliseconds longer
 * than a schema.
 *
 * <p>On a class it holds for each of its tests. Of this and {@link IsolatedSchema}, the one that is nearer to the test holds.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedDatabase({"extensions.sql", "bank.sql"})
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
public @interface IsolatedDatabase {

    /** The scripts to load, in order: resources beside the test class, from the root with a leading slash, or {@code file:}. */
    String[] value() default {};

    /** The beginning of the database's name. */
    String prefix() default "chaos";

    /** Whether the database of a red test stays for a look at it. */
    boolean keepOnFailure() default true;
}
