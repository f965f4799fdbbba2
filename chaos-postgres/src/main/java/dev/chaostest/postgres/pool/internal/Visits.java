// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.sql.Connection;

/** Somebody who looks at each connection that is lent, before its borrower has it. */
@FunctionalInterface
public interface Visits {

    /** This one is about to be lent. */
    void lent(Connection connection);
}
