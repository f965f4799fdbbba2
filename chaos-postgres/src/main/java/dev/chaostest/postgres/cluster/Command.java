// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Reach;
import java.util.function.Supplier;

/** Something that is done to a server of a cluster, and how it is undone. */
final class Command implements Injection {
    /** Does it. */
    @FunctionalInterface
    interface Act {
        /** The result undoes it, looks whether that is so, and says how it ended. */
        Supplier<String> strike();
    }

    private final ChaosScope scope;
    private final LedgerEntry.Commanded entry;
    private final Supplier<String> heal;
    private boolean healed;

    private Command(ChaosScope scope, LedgerEntry.Commanded entry, Supplier<String> heal) {
        this.scope = scope;
        this.entry = entry;
        this.heal = heal;
    }

    /**
     * Does it; the scope undoes it at its end. In a dry run, only says so.
     *
     * @throws dev.chaostest.plan.ChaosException if faults are forbidden
     */
    static Injection strike(ChaosScope scope, String what, Reach reach, Act act) {
        scope.requireFaultsAllowed();
        if (isDryRun(scope, what)) {
            return new Nothing();
        }
        LedgerEntry.Commanded entry = scope.ledger().commanded(what, reach);
        Command command = new Command(scope, entry, struck(scope, what, act));
        scope.own(what, command);
        scope.round().whenOver(command::close);
        return command;
    }

    private static Supplier<String> struck(ChaosScope scope, String what, Act act) {
        try {
            return act.strike();
        } catch (RuntimeException e) {
            scope.ledger().noted("did not come about: " + what);
            throw e;
        }
    }

    /** Whether nothing must be done; then that is written down. */
    static boolean isDryRun(ChaosScope scope, String what) {
        boolean dry = scope.round().wouldStrike() != null;
        if (dry) {
            scope.ledger().noted("dry run: would " + what);
        }
        return dry;
    }

    @Override
    public synchronized boolean isActive() {
        return !healed;
    }

    @Override
    public synchronized void close() {
        if (healed) {
            return;
        }
        // A time-out is an interrupt, and what waits for the healing would give up at it.
        boolean interrupted = Thread.interrupted();
        try {
            scope.ledger().healed(entry, heal.get());
            healed = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What a dry run brings about. */
    private static final class Nothing implements Injection {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public void close() {}
    }
}
