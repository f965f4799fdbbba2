// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The server process of one home: one after another, each on the same data. For one thread at a time. */
final class Postmaster {
    static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ServerHome home;
    private final Supervisor supervisor;
    private final Signals signals;
    private long pid = -1;
    private boolean running;

    Postmaster(ServerHome home, Supervisor supervisor, Signals signals) {
        this.home = home;
        this.supervisor = supervisor;
        this.signals = signals;
    }

    /** The process number of the last one. */
    long pid() {
        return pid;
    }

    /** Whether its end has not been heard of; it may have begun to end. */
    boolean isRunning() throws IOException {
        heard();
        return running;
    }

    /**
     * Starts it and waits until it takes connections.
     *
     * @return the status that it ended with instead, if it did
     * @throws Trouble if neither came in time
     */
    OptionalInt start(int port) throws IOException {
        pid = -1;
        running = true;
        supervisor.start(port);
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() - end < 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Trouble("was interrupted while it started");
            }
            OptionalInt status = heard();
            if (status.isPresent()) {
                return status;
            }
            if (home.isReady(pid)) {
                return OptionalInt.empty();
            }
            if (!supervisor.isAlive()) {
                throw new Trouble("lost the shell that runs it");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new Trouble("took no connections within " + DEADLINE.toSeconds() + " s");
    }

    /**
     * Stops it and waits until it is gone with all its children. An interrupt does not shorten that.
     *
     * @throws ChaosException if it is still there after 30 s
     */
    void stop(StopMode mode) throws IOException {
        if (!isRunning()) {
            return;
        }
        List<ProcessHandle> family = family();
        switch (mode) {
            case FAST -> supervisor.signal("INT");
            case IMMEDIATE -> supervisor.signal("QUIT");
            case CRASH -> kill();
        }
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (isRunning() || family.stream().anyMatch(process -> !isGone(process))) {
            if (System.nanoTime() - end > 0) {
                throw new ChaosException("PostgreSQL's process " + pid + " must end within " + DEADLINE.toSeconds()
                        + " s, but did not. Thaw what is frozen, or stop it by " + StopMode.CRASH + ".");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The postmaster first stands still: it would start others for those that die. */
    private void kill() {
        ProcessHandle.of(pid).ifPresent(postmaster -> {
            signals.send("STOP", postmaster.pid());
            postmaster.children().forEach(ProcessHandle::destroyForcibly);
            postmaster.destroyForcibly();
        });
    }

    private List<ProcessHandle> family() {
        return ProcessHandle.of(pid).stream()
                .flatMap(postmaster -> postmaster.descendants())
                .toList();
    }

    private static boolean isGone(ProcessHandle process) {
        return !process.isAlive() || Processes.isZombie(process.pid());
    }

    /** Ends the shell, and with it the server; false if the shell is still there after the time. */
    boolean end(Duration patience) {
        return supervisor.end(patience);
    }

    /** Takes in what the shell has said; the status of the end, if that is among it. */
    private OptionalInt heard() throws IOException {
        Optional<Supervisor.Event> event = supervisor.event();
        while (event.isPresent()) {
            Supervisor.Event next = event.get();
            if (next.isExit()) {
                running = false;
                return OptionalInt.of((int) next.number());
            }
            pid = next.number();
            event = supervisor.event();
        }
        return OptionalInt.empty();
    }

    /** It does not come up, and not by an end of its own. */
    static final class Trouble extends IOException {
        private static final long serialVersionUID = 1L;

        Trouble(String how) {
            super(how);
        }

        String how() {
            return String.valueOf(getMessage());
        }
    }
}
