// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.ChaosExtension;
import dev.chaostest.postgres.lock.TableLockMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has another session hold a lock while the test method runs.
 *
 * <p>The code under test waits for it as for any other session, until its own {@code lock_timeout} (55P03) or statement
 * time-out (57014), or until the test lets go of it: a {@code LockHolder} parameter is the handle. {@code @BeforeEach} and
 * {@code @AfterEach} methods don't meet it. Afterwards it is looked at that the server shows nothing of it any more.
 *
 * <p>Default: the whole table for itself, so that others can't even read it.
 *
 * <p>On a method it wins over the class. For several locks at once, or one that is taken later, use a {@code Locks} parameter.
 * Limitation: a table is looked for in the test's schema; advisory keys (in {@link #sql}) are those of the whole database, so
 * that other tests meet them, too.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @HoldLock(sql = "SELECT 1 FROM account WHERE id = 1 FOR UPDATE")
 * void aTransferGivesUpInTime(DataSource bank, LockHolder holder) {
 *     assertThatThrownBy(() -> new TransferService(bank).transfer(1, 2, 100)).isInstanceOf(BusyException.class);
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
public @interface HoldLock {

    /** The table to lock, as in SQL; either this or {@link #sql}. */
    String table() default "";

    /** How strongly the table is locked. */
    TableLockMode mode() default TableLockMode.ACCESS_EXCLUSIVE;

    /** A statement that locks something, in a transaction that is rolled back in the end; either this or {@link #table}. */
    String sql() default "";
}
