// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.BaseBackup;
import dev.chaostest.postgres.cluster.internal.Lsn;
import dev.chaostest.postgres.cluster.internal.Wal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A target on one timeline of one history.
 *
 * @param timeline which of the futures that forked
 */
record Goal(Branch branch, History history, RecoveryTarget target, int timeline) {

    static Goal of(RestorePoint point) {
        if (point.history() != point.branch().history()) {
            throw new ChaosException("Restore point " + point + " must be in the history that its branch has, but the"
                    + " branch was reset since. Mark another point.");
        }
        return new Goal(
                point.branch(), point.history(), RecoveryTarget.lsn(point.lsn()), point.timeline());
    }

    /** A target in the history that a branch has now; checked as far as that can be seen beforehand. */
    static Goal of(Branch branch, RecoveryTarget target) {
        Wal now;
        long next;
        try (Admin admin = Admin.of(branch.server())) {
            now = Wal.of(admin);
            next = admin.number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text");
        }
        BaseBackup oldest = branch.history().oldest();
        switch (target.setting()) {
            case RecoveryTarget.TIME ->
                require(
                        branch,
                        target,
                        micros(target) >= oldest.at() && micros(target) <= now.at(),
                        instant(oldest.at()) + " and " + instant(now.at()));
            case RecoveryTarget.LSN ->
                require(
                        branch,
                        target,
                        lsn(target).compareTo(oldest.end()) >= 0 && lsn(target).compareTo(now.lsn()) <= 0,
                        oldest.end() + " and " + now.lsn());
            case RecoveryTarget.XID ->
                require(branch, target, Long.parseLong(target.value()) < next, "the first copy and xid " + next);
            default -> {} // only the archive knows the names
        }
        return new Goal(branch, branch.history(), target, now.timeline());
    }

    private static void require(Branch branch, RecoveryTarget target, boolean isInside, String range) {
        if (!isInside) {
            throw new ChaosException("A recovery target of branch " + branch.name() + " must lie between " + range
                    + ", but was " + target + ". Name a moment in its history.");
        }
    }

    private static long micros(RecoveryTarget target) {
        Instant time = Instant.parse(target.value());
        return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(time.getNano());
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static Lsn lsn(RecoveryTarget target) {
        return Lsn.of(target.value());
    }

    /** Whether it is certain that it comes after the end of a copy. */
    boolean isAfter(BaseBackup base) {
        return switch (target.setting()) {
            case RecoveryTarget.TIME -> micros(target) >= base.at();
            case RecoveryTarget.LSN -> lsn(target).compareTo(base.end()) >= 0;
            default -> false;
        };
    }

    /** Whether recovery will get there: names and transactions are found, or not, on the way only. */
    boolean isCertain() {
        return target.setting().equals(RecoveryTarget.TIME) || target.setting().equals(RecoveryTarget.LSN);
    }

    /** What the server is told. */
    Map<String, String> settings(boolean writable) {
        Map<String, String> settings = new HashMap<>(target.settings());
        settings.putAll(History.restoring());
        settings.put("recovery_target_timeline", Integer.toString(timeline));
        settings.put("recovery_target_action", writable ? "promote" : "pause");
        return settings;
    }
}
