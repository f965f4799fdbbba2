// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.snapshot.internal.CaptureSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says what of a schema counts, and how its old rows are kept.
 *
 * <p>Defaults: everything counts; no copies; 30 s for each statement and each wait for a lock; 16 MiB of rows in memory.
 * Names are as the catalog has them: neither quoted nor folded. That they are there is checked when a snapshot is captured.
 *
 * <pre>{@code
 * SnapshotOptions options = SnapshotOptions.ofDefaults().ignoring("account", "updated_at").ignoringSequences();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class SnapshotOptions {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long MEMORY = 16L << 20;

    private final Map<String, Set<String>> ignored;
    private final Set<String> ignoredTables;
    private final Set<String> copied;
    private final boolean copiesAll;
    private final boolean hasSequences;
    private final boolean hasCatalog;
    private final Duration timeout;

    private SnapshotOptions(
            Map<String, Set<String>> ignored, Set<String> ignoredTables, Copies copies, Counts counts, Duration timeout) {
        this.ignored = ignored;
        this.ignoredTables = ignoredTables;
        this.copied = copies.tables;
        this.copiesAll = copies.all;
        this.hasSequences = counts.sequences;
        this.hasCatalog = counts.catalog;
        this.timeout = timeout;
    }

    /** Of what copies are made. */
    private record Copies(Set<String> tables, boolean all) {}

    /** What counts besides rows. */
    private record Counts(boolean sequences, boolean catalog) {}

    /** Everything counts; no copies. */
    public static SnapshotOptions ofDefaults() {
        return new SnapshotOptions(
                Map.of(), Set.of(), new Copies(Set.of(), false), new Counts(true, true), TIMEOUT);
    }

    /**
     * Leaves columns of a table out; they are not read.
     *
     * @param columns at least one; none of the primary key
     */
    public SnapshotOptions ignoring(String table, String... columns) {
        requireNamed("ignoring", columns);
        Map<String, Set<String>> more = new TreeMap<>(ignored);
        Set<String> both = new TreeSet<>(more.getOrDefault(table, Set.of()));
        both.addAll(Arrays.asList(columns));
        more.put(table, Set.copyOf(both));
        return new SnapshotOptions(Map.copyOf(more), ignoredTables, copies(), counts(), timeout);
    }

    /** Leaves the rows of tables out; their definitions count. At least one. */
    public SnapshotOptions ignoringTable(String... tables) {
        requireNamed("ignoringTable", tables);
        return new SnapshotOptions(ignored, with(ignoredTables, tables), copies(), counts(), timeout);
    }

    /** Leaves the states of sequences out: what a transaction took from one is not given back when it is rolled back. */
    public SnapshotOptions ignoringSequences() {
        return new SnapshotOptions(ignored, ignoredTables, copies(), new Counts(false, hasCatalog), timeout);
    }

    /** Leaves the definitions out: what is compared is rows only. Tables that are dropped or made still count. */
    public SnapshotOptions ignoringCatalog() {
        return new SnapshotOptions(ignored, ignoredTables, copies(), new Counts(hasSequences, false), timeout);
    }

    /**
     * Copies large tables on the server while they are captured, so that their old rows can be told also after TRUNCATE,
     * VACUUM FULL or an ALTER TABLE that rewrites. Small ones are in memory anyway. Needs the right to create schemas. The
     * copies are unlogged: a crash of the server empties them.
     *
     * @param tables at least one
     */
    public SnapshotOptions copying(String... tables) {
        requireNamed("copying", tables);
        return new SnapshotOptions(ignored, ignoredTables, new Copies(with(copied, tables), copiesAll), counts(), timeout);
    }

    /** As {@link #copying}, every table: then no transaction is left open. */
    public SnapshotOptions copyingAll() {
        return new SnapshotOptions(ignored, ignoredTables, new Copies(copied, true), counts(), timeout);
    }

    /**
     * Gives each statement, and each wait for a lock, so much time.
     *
     * @param time at least a millisecond
     */
    public SnapshotOptions withTimeout(Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.toMillis() < 1 || time.toMillis() > Integer.MAX_VALUE) {
            throw new ChaosException("the timeout of a snapshot must be between 1 ms and 24 days, but was " + time
                    + ". Use for example 30 seconds.");
        }
        return new SnapshotOptions(ignored, ignoredTables, copies(), counts(), time);
    }

    private static void requireNamed(String option, String... names) {
        if (names.length == 0) {
            throw new ChaosException(option + "(...) must name at least one, but named none. Leave it out, or name what "
                    + "it is about.");
        }
    }

    private static Set<String> with(Set<String> some, String... more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(Arrays.asList(more));
        return Set.copyOf(all);
    }

    private Copies copies() {
        return new Copies(copied, copiesAll);
    }

    private Counts counts() {
        return new Counts(hasSequences, hasCatalog);
    }

    Duration timeout() {
        return timeout;
    }

    CaptureSettings settings() {
        return new CaptureSettings(ignoredTables, ignored, copied, copiesAll, hasCatalog, hasSequences, timeout, MEMORY);
    }
}
