// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

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
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Has it stand still, and waits until it does.
     *
     * @throws ChaosException if it is none of the server's, or goes on running
     */
    public void freeze() {
        server.signal("STOP", pid);
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (state() != 'T' && Files.isDirectory(Path.of("/proc/self"))) {
            if (System.nanoTime() - end > 0) {
                throw new ChaosException("Process " + pid + " of the server " + server.pid()
                        + " must stand still within " + DEADLINE.toSeconds() + " s, but is in state " + state()
                        + ". Check that it still runs.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Has it go on. Where it is gone, nothing happens.
     *
     * @throws ChaosException if it can't be signalled
     */
    public void thaw() {
        if (isAlive()) {
            server.signal("CONT", pid);
        }
    }

    /**
     * Whether it is still a process of the server.
     *
     * @return false once it is gone
     */
    public boolean isAlive() {
        return pid == server.pid() ? server.isRunning() : server.processes().contains(pid);
    }

    /** As the kernel shows it: T stands still. A blank where nobody knows. */
    private char state() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return ' ';
        }
    }
}
