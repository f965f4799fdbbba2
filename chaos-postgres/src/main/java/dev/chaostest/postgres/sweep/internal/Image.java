// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in the tables and sequences at one moment.
 *
 * @param rows of each table, in any order
 * @param positions of each sequence
 * @param definitions a number that is another when a definition is
 */
public record Image(
        Map<KeptTable, List<ImageRow>> rows, Map<KeptSequence, KeptSequence.Position> positions, String definitions) {

    /**
     * One row.
     *
     * @param place where the server has it, which changes with each update
     * @param cells as the server prints them, by column
     */
    public record ImageRow(String place, List<@Nullable String> cells) {}

    List<ImageRow> of(KeptTable table) {
        return rows.getOrDefault(table, List.of());
    }
}
