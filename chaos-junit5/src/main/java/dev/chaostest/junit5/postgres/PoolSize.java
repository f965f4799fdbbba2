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
 * How many connections a test's pool has at most, and how many a {@code ConnectionGroup} opens.
 *
 * <p>A {@code HikariDataSource} parameter gets a pool of that size; where the class hands over a pool, the twin of it has that
 * size. One that is attached to as it is can't be changed: there it is the size of a {@code ConnectionGroup} only.
 *
 * <p>On a method it wins over the class. Default, without it: 10, or the size of the pool that is handed over.
 *
 * <pre>{@code
 * @ChaosTest
 * @IsolatedSchema("bank.sql")
 * @PoolSize(1)
 * void aTransferNeedsOneConnectionOnly(HikariDataSource bank) {
 *     new TransferService(bank).transfer(1, 2, 100);
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
public @interface PoolSize {

    /** From 1 to 1000. */
    int value();
}
