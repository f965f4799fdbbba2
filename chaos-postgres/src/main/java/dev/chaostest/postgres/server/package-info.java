// SPDX-License-Identifier: Apache-2.0
/**
 * Our own PostgreSQL servers: started in milliseconds, stopped and removed however the JVM ends.
 *
 * <p>Start with {@link dev.chaostest.postgres.server.PostgresServer}.
 */
@NullMarked
package dev.chaostest.postgres.server;

import org.jspecify.annotations.NullMarked;
