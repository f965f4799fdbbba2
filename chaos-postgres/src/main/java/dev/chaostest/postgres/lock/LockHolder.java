// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.Injection;
import dev.chaostest.postgres.monitor.Activity;
import java.util.List;

/**
 * A session of ours that holds a lock until it is closed.
 *
 * <p>Closing lets go of the lock, and returns when the server shows no lock of the session any more. Twice is harmless; the
 * scope closes what is still open. Also when the session was killed, its server has crashed, or the closing thread is
 * interrupted.
 *
 * <pre>{@code
 * try (LockHolder holder = locks.hold(LockRequest.row("account", "id", 1))) {
 *     Future<?> payment = inBackground(() -> service.pay(1));
 *     assertThat(holder.awaitWaiter()).hasSize(1);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public interface LockHolder extends Injection {

    /** The process id of the session that holds it; 0 in a dry run, where nothing is held. */
    int pid();

    /** What it holds. */
    LockRequest request();

    /** The sessions that wait for it now, as the server says. */
    List<Activity> waiters();

    /**
     * Waits until at least one session waits for it.
     *
     * @return those that do; in a dry run, none and at once
     * @throws AssertionError if none does within the deadline of {@link Locks}, with who waits for whom
     * @throws dev.chaostest.plan.ChaosException if it is a lock that nobody waits for, or if the caller is interrupted
     */
    List<Activity> awaitWaiter();
}
