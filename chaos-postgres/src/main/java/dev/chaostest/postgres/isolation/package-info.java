// SPDX-License-Identifier: Apache-2.0
/**
 * What a test has for itself on a server that it shares: a schema ({@link
 * dev.chaostest.postgres.isolation.TestSchema}), a database ({@link dev.chaostest.postgres.isolation.TestDatabase}, taken
 * from a {@link dev.chaostest.postgres.isolation.DatabasePool} where there are many tests), or a temporary table ({@link
 * dev.chaostest.postgres.isolation.TempTable}).
 *
 * <p>Their options say how they are named and filled; sweeps remove what killed runs left behind; {@link
 * dev.chaostest.postgres.isolation.Disposable} refuses to break a database that nobody has said may be broken.
 */
@NullMarked
package dev.chaostest.postgres.isolation;

import org.jspecify.annotations.NullMarked;
