// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import java.util.Locale;

/**
 * How strongly a table is locked, from the weakest to the strongest.
 *
 * <p>What takes which mode, for instance: a SELECT takes {@link #ACCESS_SHARE}, SELECT FOR UPDATE {@link #ROW_SHARE}, INSERT,
 * UPDATE and DELETE {@link #ROW_EXCLUSIVE}, VACUUM and CREATE INDEX CONCURRENTLY {@link #SHARE_UPDATE_EXCLUSIVE}, CREATE INDEX
 * {@link #SHARE}, CREATE TRIGGER {@link #SHARE_ROW_EXCLUSIVE}, most of ALTER TABLE, DROP and TRUNCATE {@link #ACCESS_EXCLUSIVE}.
 *
 * <pre>{@code
 * assertThat(TableLockMode.SHARE.conflictsWith(TableLockMode.ROW_EXCLUSIVE)).isTrue();
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, "Table-Level Locks".
 *
 * @since 0.1
 */
public enum TableLockMode {
    /** Conflicts with {@link #ACCESS_EXCLUSIVE} only. */
    ACCESS_SHARE("AccessShareLock", 0b00000001, 0b10000000),
    /** Lets all read and write, but nobody lock the table EXCLUSIVE. */
    ROW_SHARE("RowShareLock", 0b00000010, 0b11000000),
    /** Lets all read and write, but nobody lock the table SHARE or stronger. */
    ROW_EXCLUSIVE("RowExclusiveLock", 0b00000100, 0b11110000),
    /** Lets all read and write, and keeps VACUUM and changes of the table's definition away. */
    SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusiveLock", 0b00001000, 0b11111000),
    /** Lets all read, and nobody write. */
    SHARE("ShareLock", 0b00010000, 0b11101100),
    /** As SHARE, and only one session at a time has it. */
    SHARE_ROW_EXCLUSIVE("ShareRowExclusiveLock", 0b00100000, 0b11111100),
    /** Lets all read, and nobody lock rows or write. */
    EXCLUSIVE("ExclusiveLock", 0b01000000, 0b11111110),
    /** Lets nobody do anything, not even read. */
    ACCESS_EXCLUSIVE("AccessExclusiveLock", 0b10000000, 0b11111111);

    private final String serverName;
    private final int bit;
    private final int conflicts;

    /** @param conflicts the bits of the modes that can't be had at the same time */
    TableLockMode(String serverName, int bit, int conflicts) {
        this.serverName = serverName;
        this.bit = bit;
        this.conflicts = conflicts;
    }

    /** The mode as LOCK TABLE writes it: {@code ROW EXCLUSIVE}. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /** The mode as {@code pg_locks} shows it: {@code RowExclusiveLock}. */
    public String serverName() {
        return serverName;
    }

    /** Whether two sessions can't have these two modes of one table at the same time. */
    public boolean conflictsWith(TableLockMode other) {
        return (conflicts & other.bit) != 0;
    }

    @Override
    public String toString() {
        return sql().toLowerCase(Locale.ROOT);
    }
}
