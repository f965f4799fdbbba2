// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import java.util.Locale;

/**
 * How strongly a row is locked, from the weakest to the strongest.
 *
 * <p>A check of a foreign key takes {@link #KEY_SHARE} of the row that is referred to; an UPDATE takes {@link #NO_KEY_UPDATE},
 * or {@link #UPDATE} if it changes a key; a DELETE takes {@link #UPDATE}. Who only reads never waits for a row.
 *
 * <pre>{@code
 * assertThat(RowLockMode.KEY_SHARE.conflictsWith(RowLockMode.NO_KEY_UPDATE)).isFalse();
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, "Row-Level Locks".
 *
 * @since 0.1
 */
public enum RowLockMode {
    /** Lets others change the row, but neither its key nor delete it. */
    KEY_SHARE(0b0001, 0b1000),
    /** Lets others read and share the row, and nobody change it. */
    SHARE(0b0010, 0b1100),
    /** Lets others refer to the row, and nobody change it. */
    NO_KEY_UPDATE(0b0100, 0b1110),
    /** Lets nobody lock the row in any way. */
    UPDATE(0b1000, 0b1111);

    private final int bit;
    private final int conflicts;

    /** @param conflicts the bits of the modes that can't be had at the same time */
    RowLockMode(int bit, int conflicts) {
        this.bit = bit;
        this.conflicts = conflicts;
    }

    /** The mode as SELECT writes it: {@code FOR NO KEY UPDATE}. */
    public String sql() {
        return "FOR " + name().replace('_', ' ');
    }

    /** Whether two sessions can't have these two modes of one row at the same time. */
    public boolean conflictsWith(RowLockMode other) {
        return (conflicts & other.bit) != 0;
    }

    @Override
    public String toString() {
        return sql().toLowerCase(Locale.ROOT);
    }
}
