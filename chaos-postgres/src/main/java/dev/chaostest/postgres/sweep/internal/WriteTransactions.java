// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.explore.Point;
import dev.chaostest.explore.Recorded;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.SqlTarget;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Counts the transactions of a round that wrote and committed, by their statements: a write outside of one counts as one. */
public final class WriteTransactions {

    private final List<SqlTarget> writes = Stream.of("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE")
            .map(SqlTarget::on)
            .toList();
    private final SqlTarget begin = SqlTarget.on("BEGIN");
    private final SqlTarget commit = SqlTarget.on("COMMIT");
    private final SqlTarget rollback = SqlTarget.on("ROLLBACK");

    private final Set<Lane> open = new HashSet<>();
    private final Map<Lane, Boolean> wrote = new HashMap<>();
    private int count;

    private WriteTransactions() {}

    public static int count(Recorded round) {
        WriteTransactions counting = new WriteTransactions();
        round.arrivals().forEach(counting::add);
        return counting.count;
    }

    private void add(Point arrival) {
        Site site = arrival.site();
        Lane lane = arrival.lane();
        if (begin.matches(site)) {
            open.add(lane);
            wrote.put(lane, false);
        } else if (commit.matches(site) || rollback.matches(site)) {
            open.remove(lane);
            count += commit.matches(site) && wrote.getOrDefault(lane, false) ? 1 : 0;
            wrote.put(lane, false);
        } else if (writes.stream().anyMatch(target -> target.matches(site))) {
            count += open.contains(lane) ? 0 : 1;
            wrote.put(lane, true);
        }
    }
}
