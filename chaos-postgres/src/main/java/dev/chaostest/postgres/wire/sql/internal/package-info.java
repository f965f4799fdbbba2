// SPDX-License-Identifier: Apache-2.0
/**
 * What the text of a statement says: its site, its kind, the tables it uses. Pure, and blind to the connection it goes over.
 * Not API.
 *
 * <p>Start with {@link dev.chaostest.postgres.wire.sql.internal.SqlSites}.
 */
@NullMarked
package dev.chaostest.postgres.wire.sql.internal;

import org.jspecify.annotations.NullMarked;
