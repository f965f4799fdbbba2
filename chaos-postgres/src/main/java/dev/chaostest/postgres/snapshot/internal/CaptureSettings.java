// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is captured, and how.
 *
 * @param ignoredColumns by table
 * @param copied tables of which a copy is made on the server
 * @param definitions whether definitions are read, too
 * @param sequences whether sequences are read, too
 * @param timeout of each statement and each wait for a lock
 * @param memory how many bytes of rows may be kept in memory, over all tables
 */
public record CaptureSettings(
        Set<String> ignoredTables,
        Map<String, Set<String>> ignoredColumns,
        Set<String> copied,
        boolean copiesAll,
        boolean definitions,
        boolean sequences,
        Duration timeout,
        long memory) {

    public CaptureSettings {
        ignoredTables = Set.copyOf(ignoredTables);
        ignoredColumns = Map.copyOf(ignoredColumns);
        copied = Set.copyOf(copied);
    }

    /** All tables that it names. */
    Set<String> named() {
        Set<String> named = new TreeSet<>(ignoredTables);
        named.addAll(ignoredColumns.keySet());
        named.addAll(copied);
        return named;
    }

    boolean isCopied(String table) {
        return copiesAll || copied.contains(table);
    }
}
