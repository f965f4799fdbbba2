// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.Injection;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Consumer;

/** A fault that was brought about, until it is seen to be over. One that could not be healed may be closed again. */
final class ActiveFault implements Injection {
    private final LedgerEntry.Commanded commanded;
    private final Ledger ledger;
    private final Act.Undo undo;
    private final Consumer<ActiveFault> over;
    private volatile boolean active = true;

    ActiveFault(LedgerEntry.Commanded commanded, Ledger ledger, Act.Undo undo, Consumer<ActiveFault> over) {
        this.commanded = commanded;
        this.ledger = ledger;
        this.undo = undo;
        this.over = over;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public synchronized void close() {
        if (!active) {
            return;
        }
        // A time-out is an interrupt, and commands that heal would fail at it.
        boolean interrupted = Thread.interrupted();
        try {
            ledger.healed(commanded, undo.heal());
            active = false;
            over.accept(this);
        } catch (SQLException | IOException e) {
            throw new ChaosException(
                    "\"" + commanded.command() + "\" must be undone, but that failed: " + e
                            + ". Close the server; see the cause.",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return (active ? "active: " : "healed: ") + commanded.command();
    }
}
