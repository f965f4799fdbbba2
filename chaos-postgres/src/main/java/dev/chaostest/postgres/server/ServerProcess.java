// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.internal.Processes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Names one process of a server of ours: a walsender, a backend, a worker. It can stand still and go on.
 *
 * <p>While it stands still, its connection stays open and nothing comes out of it. Its locks stay, too.
 *
 * <pre>{@code
 * ServerProcess walsender = new ServerProcess(server, pid);
 * walsender.freeze();
 * walsender.thaw();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param server the server that it belongs to
 * @param pid its process number, as the server shows it
 * @since 0.1
 */
public record ServerProcess(PostgresServer server, long pid) {
    private static final Duration DEADLINE = Duration.ofSeconds(25);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Has it stand still, and waits until it does. Where that fails, it goes on.
     *
     * @throws ChaosException if it is none of the server's, or goes on running
     */
    public void freeze() {
        server.signal("STOP", pid);
        try {
            await("stand still", () -> Processes.isFrozen(pid));
        } catch (ChaosException e) {
            thaw();
            throw e;
        }
    }

    /**
     * Has it go on, and waits until it does. Where it is gone, nothing happens.
     *
     * @throws ChaosException if it can't be signalled, or stands still all the same
     */
    public void thaw() {
        if (!isAlive()) {
            return;
        }
        try {
            server.signal("CONT", pid);
        } catch (ChaosException e) {
            if (isAlive()) { // else it ended meanwhile
                throw e;
            }
        }
        await("go on", () -> !isFrozen());
    }

    private void await(String what, BooleanSupplier isSo) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new ChaosException("Process " + pid + " of the server " + server.pid() + " must " + what
                        + " within " + DEADLINE.toSeconds() + " s, but did not. Check that it still runs.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Whether it stands still.
     *
     * @return false once it is gone
     */
    public boolean isFrozen() {
        return Processes.isFrozen(pid) && isAlive();
    }

    /**
     * Whether it is still a process of the server.
     *
     * @return false once it is gone
     */
    public boolean isAlive() {
        return server.owns(pid);
    }
}
