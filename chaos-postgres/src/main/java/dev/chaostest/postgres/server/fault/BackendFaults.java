// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import dev.chaostest.Injection;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.server.fault.internal.ActiveFaults;
import dev.chaostest.postgres.server.fault.internal.Ending;
import dev.chaostest.postgres.server.fault.internal.Kill;
import dev.chaostest.postgres.server.fault.internal.Recovery;
import dev.chaostest.postgres.server.fault.internal.ResourceLimit;
import dev.chaostest.postgres.server.fault.internal.Session;
import dev.chaostest.postgres.server.fault.internal.Stall;
import dev.chaostest.postgres.server.fault.internal.Standstill;
import java.time.Duration;

/**
 * What can happen to one backend: the process of the server that serves one session.
 *
 * <p>Made by {@link ServerFaults#backend}. Before each fault it is looked at that the session is still the same: its
 * process number, and when it began.
 *
 * <pre>{@code
 * try (Injection poor = faults.backend(connection).outOfMemory()) {
 *     assertThatThrownBy(() -> report.of(connection)).extracting("SQLState").isEqualTo("53200");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class BackendFaults {
    private static final long MEGABYTE = 1 << 20;
    private static final long FEW_FILES = 5;

    /** A page that fits in part would be a full disk to the server: 53100. */
    private static final long PAGE = 8192;

    private final ActiveFaults faults;
    private final Session session;
    private final Recovery recovery;

    BackendFaults(ActiveFaults faults, Session session) {
        this.faults = faults;
        this.session = session;
        this.recovery = new Recovery(faults.server(), faults.scope().time());
    }

    /** The number of its process on this machine. */
    public int pid() {
        return session.pid();
    }

    /**
     * Kills it as the machine does that runs out of memory. Returns when the sessions have ended.
     *
     * <p>Every session of the server sees 08006, what they had not committed is gone, and the server recovers by itself
     * within a moment; a connect meanwhile sees 57P03 or 08001. What was committed stays. Healed when the server has
     * committed again. Source: PostgreSQL, "Shutting Down the Server", on SIGKILL.
     *
     * <pre>{@code
     * try (Connection connection = pool.getConnection();
     *         Injection crash = faults.backend(connection).kill()) {
     *     assertThatThrownBy(() -> transfer(connection)).extracting("SQLState").isEqualTo("08006");
     * }
     * bank.transfer(1, 2, 10); // tries again: a pool may hand out another connection that died
     * }</pre>
     *
     * @return closing it waits for the recovery
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more
     */
    public Injection kill() {
        session.require();
        return faults.strike("kill " + session, Reach.SERVER, new Kill(session, recovery));
    }

    /**
     * Terminates it. Returns when it has ended.
     *
     * <p>Its client sees 57P01 at its next statement; its transaction is rolled back. Others don't notice. There is nothing
     * to heal: who connects again has another backend.
     *
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more, or frozen
     */
    public void terminate() {
        once("terminate ", Ending.TERMINATE);
    }

    /**
     * Cancels the statement that it runs. Returns when that has ended.
     *
     * <p>Its client sees 57014; the session goes on, its transaction can only be rolled back.
     *
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more, or runs no statement
     */
    public void cancel() {
        once("cancel ", Ending.CANCEL);
    }

    private void once(String verb, Ending ending) {
        ending.require(session);
        faults.strike(verb + session, Reach.SESSION, () -> {
                    String seen = ending.strike(session);
                    return () -> seen;
                })
                .close();
    }

    /**
     * Freezes it.
     *
     * <p>Its client gets no answer, until its {@code socketTimeout} (08006). Its locks and its transaction stay, so others
     * may wait for it. To terminate it takes effect when it is thawed.
     *
     * @return closing it thaws
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more
     */
    public Injection freeze() {
        session.require();
        return faults.strike("freeze " + session, Reach.SESSION, standstill());
    }

    /**
     * Freezes it for a while; returns at once.
     *
     * @param length how long, of the scope's time; a few milliseconds more on a busy machine
     * @return thaws when the time is over, or when it is closed
     * @throws dev.chaostest.plan.ChaosException if the length is not positive, or it is no session of the server any more
     */
    public Injection stall(Duration length) {
        Stall.require(length);
        session.require();
        String command = "stall " + session + " for " + Stall.text(length);
        return Stall.begin(faults, length, () -> faults.strike(command, Reach.SESSION, standstill()));
    }

    private Standstill standstill() {
        return new Standstill(session.server(), session.pid(), recovery);
    }

    /**
     * Gives it no more memory than it has, and one megabyte. What needs more at a time sees 53200; the session goes on.
     * Needs Linux.
     *
     * @return closing it takes the limit away
     * @throws dev.chaostest.plan.FaultUnavailableException if this machine can't
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more
     */
    public Injection outOfMemory() {
        return limit("no memory for ", ResourceLimit.memory(session, MEGABYTE));
    }

    /**
     * Lets it open no file that it has not open. Who reads a table for the first time sees 53000; the session goes on. Needs
     * Linux.
     *
     * @return closing it takes the limit away
     * @throws dev.chaostest.plan.FaultUnavailableException if this machine can't
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more
     */
    public Injection outOfFileHandles() {
        return limit("no file handles for ", new ResourceLimit(session, "nofile", FEW_FILES));
    }

    /**
     * Lets it write no file beyond a size, in whole pages of 8 kB. Who lets a table grow beyond it sees XX000; the session goes
     * on. Needs Linux.
     *
     * <p>Not what a full disk does, which is 53100: see {@link ServerFaults#fill}.
     *
     * @param bytes the size, at least 0
     * @return closing it takes the limit away
     * @throws dev.chaostest.plan.FaultUnavailableException if this machine can't
     * @throws dev.chaostest.plan.ChaosException if it is no session of the server any more
     */
    public Injection limitFileSize(long bytes) {
        return limit("files up to " + bytes + " bytes for ", new ResourceLimit(session, "fsize", bytes / PAGE * PAGE));
    }

    private Injection limit(String what, ResourceLimit limit) {
        return faults.strike(what + session, Reach.SESSION, limit.require());
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
