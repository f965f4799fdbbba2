// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.FutureTask;

/** Calls on another thread that are known to be parked by a fault when the test goes on. */
final class Background {

    static final Duration SOON = Duration.ofSeconds(30);

    private Background() {}

    /** Runs it on another thread, and returns once the fault has fired. */
    static FutureTask<?> parked(WireFixture.Armed armed, SqlAction action) throws InterruptedException {
        FutureTask<?> call = new FutureTask<>(() -> {
            action.run();
            return null;
        });
        try (Watch fired = armed.round().ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            new Thread(call, "caller").start();
            fired.await(SOON);
        }
        return call;
    }

    @FunctionalInterface
    interface SqlAction {
        void run() throws SQLException;
    }
}
