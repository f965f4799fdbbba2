// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;

/** Whether HikariCP, an optional dependency, is there; asked before {@link HikariSource} is touched. */
public final class HikariPresence {

    private HikariPresence() {}

    /** Whether its classes can be found. */
    public static boolean isPresent() {
        try {
            Class.forName("com.zaxxer.hikari.HikariDataSource", false, HikariPresence.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Insists on it.
     *
     * @throws ChaosException if it is missing
     */
    public static void require() {
        if (!isPresent()) {
            throw new ChaosException(
                    "HikariCP must be on the class path for a pool, but is not. Add the test dependency"
                            + " com.zaxxer:HikariCP.");
        }
    }
}
