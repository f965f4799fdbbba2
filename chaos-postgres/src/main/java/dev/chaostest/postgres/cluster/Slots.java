// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.server.PostgresServer;

/** Replication slots: what a primary keeps for a standby that has not got it. */
final class Slots {

    private Slots() {}

    /** Drops one, once nobody streams from it; where the server doesn't run or has none of that name, nothing happens. */
    static void drop(PostgresServer primary, String name) {
        if (!primary.isRunning()) {
            return;
        }
        try (Admin admin = Admin.of(primary)) {
            Poll.until(
                    "Slot " + name + " of the server on port " + primary.port() + " must be free",
                    () -> admin.is(
                            "SELECT count(*) = 0 FROM pg_replication_slots WHERE slot_name = ? AND active", name),
                    () -> "its walsender is still there",
                    "Thaw the walsender.");
            admin.one("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?", name);
        }
    }
}
