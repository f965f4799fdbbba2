// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;

/**
 * Says up to where a branch's history is replayed: PostgreSQL's recovery targets.
 *
 * <pre>{@code
 * Branch before = main.branchAt("before", RecoveryTarget.beforeXid(xidOfTheBadUpdate));
 * }</pre>
 *
 * <p>Immutable. Source: PostgreSQL, "Recovery Target".
 *
 * @param setting the server's name for the kind of target, without {@code recovery_target_}
 * @param value as the server reads it
 * @param inclusive whether what is exactly there is still replayed
 * @since 0.1
 */
public record RecoveryTarget(String setting, String value, boolean inclusive) {
    static final String TIME = "time";
    static final String NAME = "name";
    static final String XID = "xid";
    static final String LSN = "lsn";

    public RecoveryTarget {
        Objects.requireNonNull(setting, "setting");
        Objects.requireNonNull(value, "value");
    }

    /**
     * What was committed up to this time.
     *
     * @param time by the server's clock: take it from {@code clock_timestamp()}, or from {@link RestorePoint#at}
     */
    public static RecoveryTarget time(Instant time) {
        // More digits would be rounded, perhaps up to the next commit.
        return new RecoveryTarget(TIME, time.truncatedTo(ChronoUnit.MICROS).toString(), true);
    }

    /**
     * Up to where {@code pg_create_restore_point} was called with this name for the first time; {@link Branch#mark} does it.
     */
    public static RecoveryTarget name(String name) {
        return new RecoveryTarget(NAME, name, true);
    }

    /** Up to the end of this transaction, as {@code pg_current_xact_id} named it, and with it if it committed. */
    public static RecoveryTarget xid(long xid) {
        return new RecoveryTarget(XID, Long.toString(xid), true);
    }

    /** Up to the end of this transaction, but without it: just before the mistake. */
    public static RecoveryTarget beforeXid(long xid) {
        return new RecoveryTarget(XID, Long.toString(xid), false);
    }

    /**
     * Up to this place in the write-ahead log.
     *
     * @param lsn as {@code pg_current_wal_insert_lsn} writes it: {@code 0/16B3748}
     */
    public static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget(LSN, lsn, false);
    }

    Map<String, String> settings() {
        // The server knows no abbreviations of time zones when it reads this.
        String read = setting.equals(TIME) ? value.replace("Z", "+00") : value;
        return Map.of("recovery_target_" + setting, read, "recovery_target_inclusive", inclusive ? "on" : "off");
    }

    @Override
    public String toString() {
        return (setting.equals(XID) && !inclusive ? "before " : "") + setting + " " + value;
    }
}
