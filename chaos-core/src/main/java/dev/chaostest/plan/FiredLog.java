// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps where rules struck, in order, up to a limit. Safe for use by many threads. */
final class FiredLog {

    /** As many as a ledger keeps, which holds them, too. */
    static final int KEPT_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<FiredDecision> decisions = new ArrayList<>();

    /** Takes down what struck, if anything did. */
    void add(ActiveRule active, Hit hit, ActiveRule.Answer answer) {
        if (answer.due().isEmpty()) {
            return;
        }
        List<Fault> faults = answer.due().stream().map(Decision.Due::fault).toList();
        lock.lock();
        try {
            if (decisions.size() < KEPT_MAX) {
                decisions.add(new FiredDecision(active.number(), hit, faults));
            }
        } finally {
            lock.unlock();
        }
    }

    List<FiredDecision> all() {
        lock.lock();
        try {
            return List.copyOf(decisions);
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        return all().size() >= KEPT_MAX;
    }
}
