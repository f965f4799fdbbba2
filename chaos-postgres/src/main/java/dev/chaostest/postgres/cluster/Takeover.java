// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** One fail-over: the primary is killed, and the best of some standbys takes over. */
record Takeover(ChaosScope scope, PostgresServer old, List<Standby> candidates) {

    /**
     * Does it, and measures.
     *
     * @param tookOver told who it is, once it takes writes
     */
    Failover run(Consumer<Standby> tookOver) {
        List<Standby> running = running();
        scope.requireFaultsAllowed();
        String what = "crash the primary on port " + old.port();
        if (Command.isDryRun(scope, what)) {
            return new Failover(old, old, Duration.ZERO, Duration.ZERO);
        }
        var entry = scope.ledger().commanded(what, Reach.SERVER);
        long begun = scope.time().nanos();
        old.stop(StopMode.CRASH);
        Standby next = running.size() == 1 ? running.get(0) : mostAdvanced(running);
        next.promote();
        Duration promoted = since(begun);
        try (Admin admin = Admin.of(next.server())) {
            admin.flush(); // a commit that needs no table
        }
        Failover failover = new Failover(old, next.server(), promoted, since(begun));
        scope.ledger().healed(entry, "failed over from " + failover);
        tookOver.accept(next);
        return failover;
    }

    private List<Standby> running() {
        List<Standby> running = candidates.stream()
                .filter(standby -> standby.server().isRunning())
                .toList();
        if (running.isEmpty()) {
            throw new ChaosException("A cluster must have a standby to fail over to, but none of " + candidates
                    + " runs. Start one first.");
        }
        return running;
    }

    /** Asked once nothing more can come from the primary. */
    private static Standby mostAdvanced(List<Standby> running) {
        return Collections.max(
                running,
                Comparator.comparing(standby -> standby.follower().position().received()));
    }

    private Duration since(long begun) {
        return Duration.ofNanos(scope.time().nanos() - begun);
    }
}
