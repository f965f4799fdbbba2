// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Rule;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A fault that is decided for something that stays, and strikes when there is something to strike: a latency on a silent
 * connection has not struck.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Pending {

    private final Round round;
    private final Hit hit;
    private final Decision.Due due;
    private final AtomicBoolean struck = new AtomicBoolean();

    Pending(Round round, Hit hit, Decision.Due due) {
        this.round = round;
        this.hit = hit;
        this.due = due;
    }

    /** Where it was decided. */
    public Hit hit() {
        return hit;
    }

    /** What to carry out. */
    public Fault fault() {
        return due.fault();
    }

    /** A number in [0, 1) for what the fault leaves open. */
    public double draw() {
        return due.draw();
    }

    Rule rule() {
        return due.rule();
    }

    boolean hasStruck() {
        return struck.get();
    }

    /**
     * Writes into the ledger that it took hold, the first time.
     *
     * @param text what it met, for the ledger
     */
    public void struck(String text) {
        if (struck.compareAndSet(false, true)) {
            round.ledger().fired(hit, due, text, null);
        }
    }

    /**
     * Registers what ends this fault when its rule is taken out or the round ends; runs at once if that was before, and
     * once at most.
     *
     * @return what unregisters it
     */
    public Runnable park(Runnable release) {
        return round.park(due.rule(), release);
    }
}
