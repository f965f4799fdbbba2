// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * Takes what a {@link Source} reads: the labels of the columns first, then the rows.
 *
 * <p>Cells keep their types. What can change is copied at once, so a source may use one array for all its rows. For use
 * by one thread.
 *
 * @since 0.1
 */
public interface Rows {

    /**
     * Names the columns: once, before the first row.
     *
     * @throws dev.chaostest.plan.ChaosException if a label is there twice, or if the {@link Matching} names a column that
     *     is not there
     */
    void columns(String... labels);

    /**
     * Takes one row.
     *
     * @param cells one for each column; null is a value like others
     * @throws dev.chaostest.plan.ChaosException if there are more or fewer cells than columns, or if a cell can't be kept
     */
    void row(@Nullable Object... cells);
}
