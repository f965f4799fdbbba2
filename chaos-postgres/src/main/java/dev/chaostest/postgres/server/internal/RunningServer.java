// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A server that takes connections, and its end. Safe for use by many threads. */
public final class RunningServer implements AutoCloseable {
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    // The shell itself kills after 8 s.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ServerHome home;
    private final Supervisor supervisor;
    private final long pid;
    private final Optional<ProcessHandle> postmaster;
    private final int port;
    private final Consumer<ServerHome> clearing;
    private boolean closed;

    RunningServer(ServerHome home, Supervisor supervisor, long pid, int port, Consumer<ServerHome> clearing) {
        this.home = home;
        this.supervisor = supervisor;
        this.pid = pid;
        this.postmaster = ProcessHandle.of(pid);
        this.port = port;
        this.clearing = clearing;
    }

    /** The postmaster's process number. */
    public long pid() {
        return pid;
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The data directory. */
    public Path dataDirectory() {
        return home.data();
    }

    /** What the server wrote lately. */
    public String logTail() {
        return home.tail(0);
    }

    /** Stops the server, removes its directory and checks that both are gone. The second time it does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!supervisor.end(PATIENCE) || isAlive() || Files.exists(home.directory())) {
            // Its shell was killed. Another does what it would have done.
            clearing.accept(home);
        }
        if (isAlive() || Files.exists(home.directory())) {
            throw new ChaosException("PostgreSQL's process " + pid + " and directory " + home.directory()
                    + " must be gone after close, but " + (isAlive() ? "the process" : "the directory")
                    + " is still there. Kill the process and delete the directory.");
        }
    }

    private boolean isAlive() {
        return postmaster.filter(ProcessHandle::isAlive).isPresent() && !isZombie();
    }

    /** Dead, but its parent hasn't asked for its status; that of a killed shell is the machine's first process. */
    private boolean isZombie() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException noSuchProcess) {
            return false;
        }
    }
}
