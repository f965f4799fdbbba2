// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.internal.LockProbe;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/** Why a lock could not be taken. */
final class Refusals {

    private Refusals() {}

    /** Somebody else has it; says who, so it must be asked while the session still waits. */
    static ChaosException held(LockRequest request, Duration within, LockProbe probe, int waiting) {
        return new ChaosException("A lock must be free within " + Durations.print(within) + ", but " + request
                + " is held by another session. End its transaction first, or wait longer with within(...).\n  "
                + String.join("\n  ", probe.describe(Set.of(waiting))));
    }

    static ChaosException refused(LockRequest request, SQLException e) {
        return new ChaosException(
                "A lock must be one that can be taken, but for " + request + " the server answered " + e.getSQLState()
                        + ". Correct its name, or grant the role what is missing; see the cause.",
                e);
    }

    /** Restores the interrupt. */
    static ChaosException interrupted(LockRequest request, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ChaosException("The wait for " + request + " must not be interrupted, but was. It is given up.", e);
    }

    static ChaosException notConnected(String what, SQLException e) {
        return new ChaosException(
                what + " must have a session of its own, but connecting failed with state " + e.getSQLState()
                        + ". Check that one more connection is possible; see the cause.",
                e);
    }
}
