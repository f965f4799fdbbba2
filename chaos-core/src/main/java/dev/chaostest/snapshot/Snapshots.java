// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what sources held, each under a name, and compares it with what they hold now.
 *
 * <p>Each snapshot is kept within a {@link Bound}: by default 10,000 rows and 16 MiB with their cells, the others as
 * digests. There are at most {@value #NAMES_MAX} at a time.
 *
 * <pre>{@code
 * Snapshots snapshots = new Snapshots();
 * snapshots.capture("accounts", accounts, Matching.keyedBy("id").ignoring("updated_at"));
 * assertThrows(PaymentException.class, () -> service.transfer(1, 2, 100));
 * snapshots.compare("accounts").assertEmpty();
 * }</pre>
 *
 * <p>Safe for use by many threads. A source is read by the thread that asks, and by several at a time if several ask.
 *
 * @since 0.1
 */
public final class Snapshots {

    private static final int NAMES_MAX = 1_000;

    private final Bound bound;
    private final Map<String, Snapshot> byName = new ConcurrentHashMap<>();

    /** With the default bound. */
    public Snapshots() {
        this(Bound.ofDefaults());
    }

    /** @param bound of each snapshot */
    public Snapshots(Bound bound) {
        this.bound = Objects.requireNonNull(bound, "bound");
    }

    /** As the one with a matching, counting equal rows: {@link Matching#unordered}. */
    public Snapshot capture(String name, Source source) {
        return capture(name, source, Matching.unordered());
    }

    /**
     * Reads a source and keeps what it holds.
     *
     * @param name not blank, and not there yet
     * @param matching how it is compared unless something else is said then
     * @throws ChaosException if the name is there, or if what the source hands over can't be kept; nothing is kept then
     */
    public Snapshot capture(String name, Source source, Matching matching) {
        requireName(name);
        requireFree(name);
        Snapshot snapshot = Capture.read(name, source, matching, bound);
        if (byName.putIfAbsent(name, snapshot) != null) { // somebody was quicker
            throw taken(name);
        }
        return snapshot;
    }

    private static void requireName(String name) {
        if (name.isBlank()) {
            throw new ChaosException("a snapshot must have a name, but it was blank. Use for example \"accounts\".");
        }
    }

    private void requireFree(String name) {
        if (byName.containsKey(name)) {
            throw taken(name);
        }
        if (byName.size() >= NAMES_MAX) {
            throw new ChaosException("There must be at most " + NAMES_MAX + " snapshots at a time, but \"" + name
                    + "\" is one more. Call clear() between tests.");
        }
    }

    private static ChaosException taken(String name) {
        return new ChaosException("Snapshot \"" + name + "\" must not be there yet, but was captured before. Use "
                + "recapture(\"" + name + "\") to take the present state instead, or another name.");
    }

    /** Reads the source of a snapshot again, and keeps that in its place. */
    public Snapshot recapture(String name) {
        Snapshot old = get(name);
        return recapture(name, old.source(), old.matching());
    }

    /** Reads a source and keeps that in the place of what was there, if anything was. */
    public Snapshot recapture(String name, Source source, Matching matching) {
        requireName(name);
        if (!byName.containsKey(name)) {
            return capture(name, source, matching);
        }
        Snapshot snapshot = Capture.read(name, source, matching, bound);
        byName.put(name, snapshot);
        return snapshot;
    }

    /**
     * What was captured under a name.
     *
     * @throws ChaosException if nothing was; the message has the nearest name
     */
    public Snapshot get(String name) {
        Snapshot snapshot = byName.get(name);
        if (snapshot == null) {
            List<String> names = names();
            throw new ChaosException("Snapshot \"" + name + "\" must be captured first, but "
                    + (names.isEmpty()
                            ? "none is there. Call capture(...)."
                            : "there are only " + String.join(", ", names) + ". Did you mean \""
                                    + Nearest.of(name, names) + "\"?"));
        }
        return snapshot;
    }

    /** What was captured, by name in order. */
    public List<String> names() {
        return byName.keySet().stream().sorted().toList();
    }

    /** Forgets all. */
    public void clear() {
        byName.clear();
    }

    /** Reads the source of a snapshot again and says what is different, as it was said when it was captured. */
    public SnapshotDiff compare(String name) {
        return compare(name, get(name).matching());
    }

    /**
     * As {@link #compare(String)}, with another matching.
     *
     * @throws ChaosException if rows are kept as digests that say nothing about it
     */
    public SnapshotDiff compare(String name, Matching matching) {
        Snapshot before = get(name);
        before.requireComparable(matching);
        return before.diff(Capture.read(name, before.source(), matching, bound), matching);
    }

    /** Fails unless the source of a snapshot holds what it held: {@link SnapshotDiff#assertEmpty()}. */
    public void assertSame(String name) {
        compare(name).assertEmpty();
    }

    @Override
    public String toString() {
        return "snapshots " + names();
    }
}
