// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;

/** What to do with a DataSource that can't have a twin. */
public final class NotRepeatable {

    private NotRepeatable() {}

    /**
     * The error with its way out.
     *
     * @param found what was given instead
     */
    public static ChaosException of(String found) {
        return new ChaosException(
                "A DataSource must be a HikariDataSource or a PGSimpleDataSource to have a twin, but is "
                        + found + ". Set two driver properties where it is made:"
                        + """

                  socketFactory    : dev.chaostest.postgres.wire.ChaosSocketFactory
                  socketFactoryArg : a name of your choice, one for each database
                With Spring Boot, in the tests' application.properties:
                  spring.datasource.hikari.data-source-properties.socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory
                  spring.datasource.hikari.data-source-properties.socketFactoryArg=orders""");
    }
}
