// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.plan.Rule;
import java.util.concurrent.atomic.AtomicBoolean;

/** A rule that was added to a running round. */
final class ActiveInjection implements Injection {

    private final Rule rule;
    private final Runnable retire;
    private final Ledger ledger;
    private final AtomicBoolean active = new AtomicBoolean(true);

    ActiveInjection(Rule rule, Runnable retire, Ledger ledger) {
        this.rule = rule;
        this.retire = retire;
        this.ledger = ledger;
    }

    Rule rule() {
        return rule;
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    @Override
    public void close() {
        if (active.compareAndSet(true, false)) {
            retire.run();
            ledger.noted("healed: " + rule);
        }
    }

    @Override
    public String toString() {
        return (isActive() ? "active: " : "healed: ") + rule;
    }
}
