// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.Injection;
import dev.chaostest.internal.Amount;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are held so that nobody else has them, and what it took to get them.
 *
 * <p>Closing gives all back, looks that a connection can be had again, and says so in the ledger. Twice is harmless. Safe for
 * use by many threads.
 *
 * @since 0.1
 */
public final class HeldConnections implements Injection {

    private final String what;
    private final List<Connection> held;
    private final AcquireReport report;
    private final Ledger ledger;
    private final LedgerEntry.@Nullable Commanded commanded;
    private final Check healed;
    private final ReentrantLock closing = new ReentrantLock();
    private volatile boolean active = true;

    private HeldConnections(
            String what,
            List<Connection> held,
            AcquireReport report,
            Ledger ledger,
            LedgerEntry.@Nullable Commanded commanded,
            Check healed) {
        this.what = what;
        this.held = List.copyOf(held);
        this.report = report;
        this.ledger = ledger;
        this.commanded = commanded;
        this.healed = healed;
    }

    /** Looks whether a connection can be had again. */
    @FunctionalInterface
    interface Check {
        void run() throws SQLException;
    }

    static HeldConnections of(
            String what, List<Connection> held, AcquireReport report, Ledger ledger, Reach reach, Check healed) {
        LedgerEntry.Commanded commanded =
                ledger.commanded("hold " + Amount.of(held.size(), "connection") + " of " + what + ": " + report, reach);
        return new HeldConnections(what, held, report, ledger, commanded, healed);
    }

    /** What a dry run holds: nothing. */
    static HeldConnections none(String what, AcquireReport nothing, Ledger ledger) {
        ledger.noted("dry run: would have held connections of " + what);
        return new HeldConnections(what, List.of(), nothing, ledger, null, () -> {});
    }

    /** Who got a connection and who did not, until this was handed out. */
    public AcquireReport report() {
        return report;
    }

    /** How many are held. */
    public int size() {
        return active ? held.size() : 0;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /**
     * Gives all back.
     *
     * @throws ChaosException if one can't be closed, or if no connection can be had afterwards
     */
    @Override
    public void close() {
        closing.lock();
        try {
            if (active) {
                active = false;
                giveBack();
            }
        } finally {
            closing.unlock();
        }
    }

    private void giveBack() {
        List<SQLException> failures = new ArrayList<>();
        for (int i = held.size() - 1; i >= 0; i--) {
            close(held.get(i), failures);
        }
        try {
            if (commanded != null) {
                healed.run();
                ledger.healed(
                        commanded, "gave " + Amount.of(held.size(), "connection") + " back, and one can be had again");
            }
        } catch (SQLException e) {
            failures.add(e);
        }
        if (!failures.isEmpty()) {
            ChaosException failed = new ChaosException(
                    "Connections of " + what
                            + " must be there again once those that were held are closed, but that failed" + " with "
                            + failures.get(0).getSQLState() + ". See the cause.",
                    failures.get(0));
            failures.subList(1, failures.size()).forEach(failed::addSuppressed);
            throw failed;
        }
    }

    private static void close(Connection connection, List<SQLException> failures) {
        try {
            connection.close();
        } catch (SQLException e) {
            failures.add(e);
        }
    }

    @Override
    public String toString() {
        return Amount.of(size(), "connection") + " of " + what + " (" + report + ")";
    }
}
