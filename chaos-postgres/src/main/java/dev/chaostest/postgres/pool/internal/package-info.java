// SPDX-License-Identifier: Apache-2.0
/**
 * How a DataSource is repeated; the types of HikariCP and of the driver are touched here only. Not API.
 */
@NullMarked
package dev.chaostest.postgres.pool.internal;

import org.jspecify.annotations.NullMarked;
