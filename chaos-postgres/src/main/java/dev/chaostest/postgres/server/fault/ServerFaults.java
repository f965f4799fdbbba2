// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Reaches;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerDisk;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.server.fault.internal.ActiveFaults;
import dev.chaostest.postgres.server.fault.internal.Admin;
import dev.chaostest.postgres.server.fault.internal.Down;
import dev.chaostest.postgres.server.fault.internal.FullDisk;
import dev.chaostest.postgres.server.fault.internal.FullLockTable;
import dev.chaostest.postgres.server.fault.internal.Recovery;
import dev.chaostest.postgres.server.fault.internal.Session;
import dev.chaostest.postgres.server.fault.internal.Setting;
import dev.chaostest.postgres.server.fault.internal.Stall;
import dev.chaostest.postgres.server.fault.internal.Standstill;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/**
 * What can happen to a server that this library started: it crashes, stands still, or runs out of something.
 *
 * <p>Each fault is checked first, then brought about; the call returns when the server or the machine has shown that it is
 * there. Its handle heals, and returns when the server works again: when it has committed a write. Both are in the ledger,
 * with the time between them. The scope heals what is still open, the last one first. Times are a few tens of milliseconds.
 *
 * <p>A test method with such a parameter has a server of its own, and this is about that one.
 *
 * <p>Never reaches a server that this library did not start. A fault that this machine can't have throws
 * {@link dev.chaostest.plan.FaultUnavailableException}, and the message says what it would take.
 *
 * <pre>{@code
 * ServerFaults faults = ServerFaults.of(scope, server);
 * try (Injection down = faults.stop(StopMode.CRASH)) {
 *     assertThatThrownBy(() -> service.pay(order)).isInstanceOf(TryLaterException.class);
 * }
 * service.pay(order);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
@Reaches(Reach.SERVER)
public final class ServerFaults {
    private final ActiveFaults faults;
    private final PostgresServer server;
    private final Recovery recovery;

    private ServerFaults(ActiveFaults faults) {
        this.faults = faults;
        this.server = faults.server();
        this.recovery = new Recovery(server, faults.scope().time());
    }

    /**
     * Faults of a server.
     *
     * @param scope owns them: it heals them when it ends
     * @param server closed later than the scope
     */
    public static ServerFaults of(ChaosScope scope, PostgresServer server) {
        return new ServerFaults(ActiveFaults.open(scope, server));
    }

    /**
     * Faults of the server that a test runs on.
     *
     * @param scope owns them: it heals them when it ends
     * @param postgres one that this library started
     * @throws ChaosException if it is one of the user's, or one that other tests share
     */
    public static ServerFaults of(ChaosScope scope, Postgres postgres) {
        if (postgres.isOwned() && postgres.isShared()) {
            throw new ChaosException(
                    "Faults of a server must meet one that is the test's own, but this one is shared with"
                            + " other tests: " + postgres.describe()
                            + ". Add @OwnServer, or take one from PostgresSupply.fresh().");
        }
        return of(
                scope,
                postgres.server()
                        .orElseThrow(
                                () -> new ChaosException(
                                        "Faults of a server must meet one that this library started, but this is "
                                                + postgres.describe()
                                                + ". Start one with PostgresServer.start, or run this test without that setting.")));
    }

    /**
     * Stops the server. Its data and its port stay.
     *
     * <p>What open sessions see says the mode: 57P01 or 08006. Who connects sees 08001. What was committed stays.
     *
     * @param mode how
     * @return closing it starts the server again
     */
    public Injection stop(StopMode mode) {
        return faults.strike("stop the server, " + mode, Reach.SERVER, new Down(server, mode, recovery));
    }

    /**
     * Stops the server and starts it again, as {@link #stop} and closing it do.
     *
     * @param mode how it is stopped
     */
    public void restart(StopMode mode) {
        stop(mode).close();
    }

    /**
     * Freezes the postmaster.
     *
     * <p>Open sessions go on. Who connects waits: only {@code loginTimeout} or {@code socketTimeout} ends that (08001),
     * {@code connectTimeout} does not, since the kernel takes the connection.
     *
     * @return closing it thaws
     */
    public Injection freeze() {
        return faults.strike("freeze the postmaster", Reach.SERVER, standstill());
    }

    /**
     * Freezes the postmaster for a while; returns at once.
     *
     * @param length how long, of the scope's time; a few milliseconds more on a busy machine
     * @return thaws when the time is over, or when it is closed
     * @throws ChaosException if the length is not positive
     */
    public Injection stall(Duration length) {
        Stall.require(length);
        String command = "stall the postmaster for " + Stall.text(length);
        return Stall.begin(faults, length, () -> faults.strike(command, Reach.SERVER, standstill()));
    }

    private Standstill standstill() {
        return new Standstill(server, server.pid(), recovery);
    }

    /**
     * What can happen to the backend that serves a connection.
     *
     * @param connection open, to this server, also through a pool or a link; no statement is run in it
     * @throws ChaosException if this server has no such session
     */
    public BackendFaults backend(Connection connection) {
        try {
            return backend(connection.unwrap(PGConnection.class).getBackendPID());
        } catch (SQLException e) {
            throw new ChaosException(
                    "The connection whose backend is meant must be an open one of pgjdbc's, but is closed or another: "
                            + connection.getClass().getName()
                            + ". Take its backend while it is open, or hand over its pid.",
                    e);
        }
    }

    /**
     * What can happen to a backend.
     *
     * @param pid of its process, as {@code pg_backend_pid()} or {@link dev.chaostest.postgres.wire.WireMount#backends} has it
     * @throws ChaosException if this server has no such session
     */
    public BackendFaults backend(int pid) {
        return new BackendFaults(faults, Session.of(server, pid));
    }

    /** What keeps the server from taking new sessions. */
    public ConnectionFaults connections() {
        return new ConnectionFaults(faults);
    }

    /**
     * What can happen to the files of tables.
     *
     * @param database the tables' database
     */
    public StorageFaults storage(String database) {
        return new StorageFaults(faults, database);
    }

    /**
     * Takes all the room that the server has for locks, with advisory locks of a session of ours.
     *
     * <p>Who needs a lock sees 53200, in a plain SELECT too.
     *
     * @return closing it lets go of them
     */
    public Injection fillLockTable() {
        return faults.strike("fill the lock table", Reach.SERVER, new FullLockTable(Admin.of(server), recovery));
    }

    /**
     * Fills a small disk of the server's own.
     *
     * <p>What needs room there sees 53100. Where the write-ahead log needs a file and there is no room, the server ends in a
     * panic: sessions see 53100 or 08006, who connects sees 08001, and it comes back when the fault is closed. What was
     * committed stays.
     *
     * @param disk which; one that the server was started with
     * @return closing it makes room again, and starts the server if it is down
     * @throws ChaosException if the server has no such disk
     */
    public Injection fill(ServerDisk disk) {
        Path directory = server.disk(disk)
                .orElseThrow(() -> new ChaosException("The disk for " + disk + " must be one of the server's own to be"
                        + " filled, but it shares this machine's. Start it with ServerOptions.withDisk(ServerDisk."
                        + disk + ", 64 << 20)."));
        return faults.strike("fill the disk for " + disk, Reach.SERVER, new FullDisk(directory, recovery));
    }

    /**
     * Limits what each session may write to temporary files; who needs more sees 53400.
     *
     * <p>Also in open sessions, from their next statement on. A sort or a hash goes to a file when it is larger than
     * {@code work_mem}.
     *
     * @param kilobytes 0 or more
     * @return closing it takes the limit away
     */
    public Injection limitTempFiles(int kilobytes) {
        if (kilobytes < 0) {
            throw new ChaosException("The limit of temporary files must be 0 kB or more, but was " + kilobytes
                    + ". To have no limit, close the fault.");
        }
        return faults.strike(
                "temporary files up to " + kilobytes + " kB",
                Reach.SERVER,
                new Setting(Admin.of(server), "temp_file_limit", "" + kilobytes));
    }

    @Override
    public String toString() {
        return "faults of " + server;
    }
}
