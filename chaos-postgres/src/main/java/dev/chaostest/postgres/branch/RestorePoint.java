// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.postgres.cluster.internal.Wal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Marks one moment in the history of a branch, exactly: what was committed before it, and nothing else.
 *
 * <p>Costs nothing to keep: it is a place in the write-ahead log. It stays valid when its branch is restored to another
 * moment, but not when the branch gets another history: by {@link Branch#resetToParent}, or from another branch.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class RestorePoint {
    private final String name;
    private final Branch branch;
    private final History history;
    private final Wal wal;

    RestorePoint(String name, Branch branch, History history, Wal wal) {
        this.name = name;
        this.branch = branch;
        this.history = history;
        this.wal = wal;
    }

    /** What it was called; PostgreSQL knows it by this name, too. */
    public String name() {
        return name;
    }

    /** The branch that it is a moment of. */
    public Branch branch() {
        return branch;
    }

    /** The place in the write-ahead log: {@code 0/16B3748}. */
    public String lsn() {
        return wal.lsn().toString();
    }

    /** When it was made, by the server's clock. */
    public Instant at() {
        return Instant.EPOCH.plus(wal.at(), ChronoUnit.MICROS);
    }

    /** The timeline that it is on: each restore and each branch begins another one. */
    public int timeline() {
        return wal.timeline();
    }

    History history() {
        return history;
    }

    Wal wal() {
        return wal;
    }

    @Override
    public String toString() {
        return "\"" + name + "\" of branch " + branch.name();
    }
}
