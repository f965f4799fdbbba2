// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.internal.Table;
import java.util.ArrayList;
import java.util.List;

/** The locks in aligned columns. */
final class LockTable {

    private static final List<String> HEADING = List.of("pid", "", "mode", "on");

    private LockTable() {}

    static List<String> lines(ServerState state) {
        if (state.locks().isEmpty()) {
            return List.of("none of these sessions holds a lock");
        }
        List<List<String>> rows = new ArrayList<>(List.of(HEADING));
        for (HeldLock lock : state.locks()) {
            String waits = ("waits " + Ages.since(lock.waitStart(), state.takenAt())).strip();
            rows.add(List.of(
                    Integer.toString(lock.pid()), lock.granted() ? "holds" : waits, lock.mode(), lock.target()));
        }
        return new Table(rows).lines();
    }
}
