// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.Postgres;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * Switches a trigger off until it is closed: audits, histories and derived data stop growing, and nobody says so.
 *
 * <p>The application sees no error. Rows that are written meanwhile stay without what the trigger would have done, also
 * after the heal. Constraints and other triggers go on. Closing gives the trigger the state that it had.
 *
 * <pre>{@code
 * try (Injection off = TriggerOutage.disable(scope, admin, schema.name(), "account", "audit")) {
 *     service.transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: PostgreSQL, ALTER TABLE, "DISABLE TRIGGER"; ALTER EVENT TRIGGER.
 *
 * @since 0.1
 */
public final class TriggerOutage implements Injection {

    private final ChaosScope scope;
    private final TriggerSwitch target;
    private final char before;
    private final LedgerEntry.Commanded commanded;
    private final AtomicBoolean active = new AtomicBoolean(true);

    private TriggerOutage(ChaosScope scope, TriggerSwitch target, char before, LedgerEntry.Commanded commanded) {
        this.scope = scope;
        this.target = target;
        this.before = before;
        this.commanded = commanded;
    }

    /**
     * Switches a trigger of a table off, for every session; waits at most 2 s for those that write to the table.
     *
     * @param scope owns the outage; a dry run only notes it
     * @param admin connects past the faults of the test, as the table's owner
     * @param schema as the catalogue has it
     * @param table as the catalogue has it
     * @param trigger as the catalogue has it
     * @throws ChaosException if there is no such trigger, if it is off already, or if the server refuses
     */
    public static Injection disable(ChaosScope scope, DataSource admin, String schema, String table, String trigger) {
        return begin(scope, TriggerSwitch.ofTable(admin, schema, table, trigger), Reach.SCHEMA);
    }

    /**
     * Switches an event trigger off, for the whole database; only on a server that we started.
     *
     * @param scope owns the outage; a dry run only notes it
     * @param postgres of the database
     * @param trigger as the catalogue has it
     * @throws ChaosException if the server is not ours, if there is no such trigger, if it is off already, or if the server
     *     refuses
     */
    public static Injection disableEventTrigger(ChaosScope scope, Postgres postgres, String trigger) {
        if (!postgres.isOwned()) {
            throw new ChaosException("Event trigger \"" + trigger
                    + "\" must be on a server that this library started to be switched off, since all of its database "
                    + "would feel it, but " + postgres.describe() + " is not. Remove chaos.jdbc.url.");
        }
        return begin(scope, TriggerSwitch.ofDatabase(postgres::connect, trigger), Reach.DATABASE);
    }

    private static Injection begin(ChaosScope scope, TriggerSwitch target, Reach reach) {
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            scope.ledger().noted("dry run: would have disabled " + target);
            return new NotDisabled(target);
        }
        try {
            char before = target.disable();
            LedgerEntry.Commanded commanded = scope.ledger().commanded("disable " + target, reach);
            TriggerOutage outage = scope.own(target.toString(), new TriggerOutage(scope, target, before, commanded));
            scope.round().whenOver(outage::close);
            return outage;
        } catch (SQLException e) {
            throw failed(target, "off", e);
        }
    }

    private static ChaosException failed(TriggerSwitch target, String how, SQLException cause) {
        return new ChaosException(
                "The " + target + " must be switched " + how + ", but the server answered " + cause.getSQLState()
                        + ". Connect as the owner, and end the transactions that use the table.",
                cause);
    }

    /** What a dry run hands out. */
    private record NotDisabled(TriggerSwitch target) implements Injection {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public void close() {}
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    /** @throws ChaosException if the trigger can't be given its state back; closing again tries again */
    @Override
    public void close() {
        if (!active.compareAndSet(true, false)) {
            return;
        }
        try {
            String how = target.restore(before);
            scope.ledger().healed(commanded, how);
        } catch (SQLException e) {
            active.set(true);
            throw failed(target, "on again", e);
        }
    }

    @Override
    public String toString() {
        return "outage of " + target;
    }
}
