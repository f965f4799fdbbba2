// SPDX-License-Identifier: Apache-2.0
/**
 * Captures anything tabular under a name, and says later which rows and cells are different.
 *
 * <p>A user names {@link dev.chaostest.snapshot.Snapshots}, {@link dev.chaostest.snapshot.Source} and
 * {@link dev.chaostest.snapshot.Matching}. Knows no SQL: a query, a file or a list is a source like any other.
 */
@NullMarked
package dev.chaostest.snapshot;

import org.jspecify.annotations.NullMarked;
