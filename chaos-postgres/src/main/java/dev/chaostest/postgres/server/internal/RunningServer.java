// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerDisk;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** A server on data of its own, what can be done to its processes, and its end. Safe for use by many threads. */
public final class RunningServer implements AutoCloseable {
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    // The shell itself kills after 8 s.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ServerHome home;
    private final Postmaster postmaster;
    private final Signals signals;
    private final int port;
    private final SmallDisks disks;
    private final Consumer<ServerHome> clearing;
    private volatile long pid;
    /** Knows when its process began, since numbers are used again. */
    private volatile Optional<ProcessHandle> process;

    private boolean closed;

    RunningServer(
            ServerHome home,
            Postmaster postmaster,
            Signals signals,
            int port,
            SmallDisks disks,
            Consumer<ServerHome> clearing) {
        this.home = home;
        this.postmaster = postmaster;
        this.signals = signals;
        this.port = port;
        this.disks = disks;
        this.clearing = clearing;
        this.pid = postmaster.pid();
        this.process = ProcessHandle.of(pid);
    }

    /** The postmaster's process number; of the last one while none runs. */
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

    /** A small disk of its own, as this JVM sees it. */
    public Optional<Path> disk(ServerDisk disk) {
        return Optional.of(disk)
                .filter(disks.bytes()::containsKey)
                .map(SmallDisks::directory)
                .map(home.seen()::resolve);
    }

    /** The same as the server sees it. */
    public Optional<Path> location(ServerDisk disk) {
        return disk(disk).map(seen -> home.directory().resolve(home.seen().relativize(seen)));
    }

    /** What the server wrote lately. */
    public String logTail() {
        return home.tail(0);
    }

    /** Whether there is a server process; false after a stop, and after an end of its own. */
    public synchronized boolean isRunning() {
        try {
            return !closed && postmaster.isRunning();
        } catch (IOException shellGone) {
            return isThere();
        }
    }

    /** Whether it is gone for good. */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** Stops it, and waits until all its processes are gone. Where none runs it does nothing. */
    public synchronized void stop(StopMode mode) {
        requireOpen();
        try {
            postmaster.stop(mode);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /**
     * Starts it again on its data and its port. Where one runs it does nothing. Who else has the port meanwhile, as a
     * connection may for a moment, is waited for. An interrupt does not shorten that.
     *
     * @throws PostgresUnavailableException if it doesn't come up, with the end of its log
     */
    public synchronized void start() {
        requireOpen();
        boolean interrupted = Thread.interrupted();
        try {
            long end = System.nanoTime() + Postmaster.DEADLINE.toNanos();
            while (!postmaster.isRunning()) {
                long offset = home.logSize();
                OptionalInt status = startOnce();
                if (status.isEmpty()) {
                    return;
                }
                if (!home.tail(offset).contains("could not bind") || System.nanoTime() - end > 0) {
                    throw notBack("ended with " + status.getAsInt(), offset);
                }
            }
        } catch (Postmaster.Trouble trouble) {
            throw notBack(trouble.how(), 0);
        } catch (IOException e) {
            throw lost(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private OptionalInt startOnce() throws IOException {
        try {
            return postmaster.start(port);
        } finally {
            if (postmaster.pid() > 0) {
                pid = postmaster.pid();
                process = ProcessHandle.of(pid);
            }
        }
    }

    private PostgresUnavailableException notBack(String how, long offset) {
        return new PostgresUnavailableException("PostgreSQL must start again in " + home.directory() + ", but it " + how
                + ". Its log ends with:\n" + home.tail(offset) + "\nUndo what keeps it from starting, then start it.");
    }

    private ChaosException lost(IOException cause) {
        return new ChaosException(
                "The shell beside PostgreSQL's process " + pid + " must take commands, but it is gone: " + cause
                        + ". Start another server.",
                cause);
    }

    /** The processes of this server besides the postmaster: backends and its own workers. */
    public List<Long> children() {
        return process.filter(ProcessHandle::isAlive).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .toList();
    }

    /**
     * Sends a signal to the postmaster or to one of its processes.
     *
     * @param name as the shell knows it: {@code STOP}, {@code CONT}, {@code KILL}
     * @param target its number
     * @throws ChaosException if the process is none of this server's
     */
    public void signal(String name, long target) {
        if (!owns(target)) {
            throw new ChaosException("Signal " + name + " must go to a process of the server " + pid + ", but process "
                    + target + " is none of it. Take a pid that the server shows now.");
        }
        signals.send(name, target);
    }

    /** Whether this number is that of a living process of this server now. Doesn't wait for a stop or start. */
    public boolean owns(long target) {
        return target == pid ? isThere() : children().contains(target) && !Processes.isZombie(target);
    }

    private boolean isThere() {
        return process.filter(ProcessHandle::isAlive).isPresent() && !Processes.isZombie(pid);
    }

    /** Who stands still doesn't hear that it must end; the postmaster would wait 5 s for it. */
    private void thaw() {
        for (long child : children()) {
            if (Processes.isFrozen(child)) {
                try {
                    signals.send("CONT", child);
                } catch (ChaosException goneMeanwhile) {
                    // Then it needs no thawing.
                }
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The server on port " + port
                    + " must be open, but is closed. Stop and start it before the test ends.");
        }
    }

    /** Stops the server, removes its directory and checks that both are gone. The second time it does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        thaw();
        if (!postmaster.end(PATIENCE) || isThere() || Files.exists(home.directory())) {
            // Its shell was killed. Another does what it would have done.
            clearing.accept(home);
        }
        if (isThere() || Files.exists(home.directory())) {
            throw new ChaosException("PostgreSQL's process " + pid + " and directory " + home.directory()
                    + " must be gone after close, but " + (isThere() ? "the process" : "the directory")
                    + " is still there. Kill the process and delete the directory.");
        }
    }
}
