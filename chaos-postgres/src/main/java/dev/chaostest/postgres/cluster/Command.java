// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Reach;
import java.util.function.Supplier;

/** Something that was done to a server of a cluster, and how it is undone. */
final class Command implements Injection {
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
     * Writes down what was done just now; the scope undoes it at its end.
     *
     * @param heal undoes it, looks whether that is so, and says how it ended
     */
    static Injection of(ChaosScope scope, String what, Reach reach, Supplier<String> heal) {
        return scope.own(what, new Command(scope, scope.ledger().commanded(what, reach), heal));
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
        healed = true;
        scope.ledger().healed(entry, heal.get());
    }
}
