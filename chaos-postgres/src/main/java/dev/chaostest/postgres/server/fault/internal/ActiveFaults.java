// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The faults of one server in one scope: strikes, writes down, and heals in reverse order. Safe for use by many threads. */
public final class ActiveFaults implements AutoCloseable {
    private final ChaosScope scope;
    private final PostgresServer server;
    private final Deque<ActiveFault> active = new ArrayDeque<>();
    private final AtomicLong threads = new AtomicLong();
    private boolean over;

    private ActiveFaults(ChaosScope scope, PostgresServer server) {
        this.scope = scope;
        this.server = server;
    }

    /** None yet; they heal with the scope. */
    public static ActiveFaults open(ChaosScope scope, PostgresServer server) {
        ActiveFaults faults = new ActiveFaults(scope, server);
        scope.own("the faults of " + server, faults);
        scope.round().whenOver(faults::close);
        return faults;
    }

    /** Whose they are. */
    public PostgresServer server() {
        return server;
    }

    /** Where its time comes from, and what owns its threads. */
    public ChaosScope scope() {
        return scope;
    }

    /** For the name of a thread. */
    long nextNumber() {
        return threads.incrementAndGet();
    }

    /**
     * Brings a fault about; in a dry run, only says so.
     *
     * @param command what is done, and to what: {@code freeze backend 4711}
     * @param reach who may feel it
     */
    public Injection strike(String command, Reach reach, Act act) {
        requireOpen(command);
        if (scope.round().wouldStrike() != null) {
            scope.ledger().noted("would be commanded: " + command);
            return new Nothing(command);
        }
        LedgerEntry.Commanded commanded = scope.ledger().commanded(command, reach);
        ActiveFault fault = new ActiveFault(commanded, scope.ledger(), struck(command, act), this::healed);
        if (!pushed(fault)) { // the scope was healed meanwhile
            fault.close();
        }
        return fault;
    }

    private Act.Undo struck(String command, Act act) {
        try {
            return act.strike();
        } catch (SQLException e) {
            throw failed(
                    command,
                    "the server answered "
                            + Optional.ofNullable(e.getSQLState()).orElse("nothing"),
                    e);
        } catch (IOException e) {
            throw failed(command, "the machine said " + e, e);
        } catch (RuntimeException e) {
            scope.ledger().noted("did not come about: " + command);
            throw e;
        }
    }

    private ChaosException failed(String command, String what, Exception cause) {
        scope.ledger().noted("did not come about: " + command);
        return new ChaosException(
                "\"" + command + "\" must come about, but " + what + ". See the cause, and the server's log:\n"
                        + server.logTail(),
                cause);
    }

    private void requireOpen(String command) {
        scope.requireFaultsAllowed();
        synchronized (active) {
            if (over) {
                throw new IllegalStateException("\"" + command + "\" must be commanded while scope \"" + scope.name()
                        + "\" is open, but it is healed. Do it earlier, or open a new scope.");
            }
        }
    }

    private boolean pushed(ActiveFault fault) {
        synchronized (active) {
            if (!over) {
                active.push(fault);
            }
            return !over;
        }
    }

    private void healed(ActiveFault fault) {
        synchronized (active) {
            active.remove(fault);
        }
    }

    /** Heals all, the last one first. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (ActiveFault fault : remaining()) {
            try {
                fault.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private Iterable<ActiveFault> remaining() {
        synchronized (active) {
            over = true;
            return new ArrayDeque<>(active);
        }
    }

    /** What a dry run brings about. */
    private record Nothing(String command) implements Injection {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "dry run: " + command;
        }
    }
}
