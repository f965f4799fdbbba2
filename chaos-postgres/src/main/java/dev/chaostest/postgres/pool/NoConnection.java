// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.pool.internal.ConnectErrors;
import dev.chaostest.postgres.pool.internal.Gate;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.util.Optional;

/**
 * The pool gives no connection: {@code getConnection} waits for the pool's connection time-out, then throws.
 *
 * <p>The caller sees what HikariCP throws: {@code SQLTransientConnectionException}. {@link #timedOut}: all connections are in
 * use; without an SQLSTATE. {@link #refused}: the pool tries to connect, and can't; with the SQLSTATE and the exception of
 * that attempt as its cause. It is thrown for this one call only (the ledger says "forged"): connections that the pool has
 * stay as they are, and other callers get them. To have the pool really exhausted for everyone, use {@link
 * PoolMount#exhaust}.
 *
 * <p>States of {@link #refused}: 08001 nobody listens, 53300 too many clients, 57P03 the server is starting up.
 *
 * <pre>{@code
 * Rule exhausted = Rule.of(PoolMount.acquire(), Trigger.first(2), NoConnection.timedOut());
 * Rule down = Rule.of(PoolMount.acquire(), Trigger.always(), NoConnection.refused("08001"));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: HikariCP, {@code HikariPool.createTimeoutException}.
 *
 * @param connecting what an attempt to connect fails with; empty if none is made
 * @param waits whether the caller really waits for the time-out, and not only is told so
 * @since 0.1
 */
public record NoConnection(Optional<SqlState> connecting, boolean waits) implements Fault {

    /**
     * @throws ChaosException if an attempt to connect does not fail with this state
     */
    public NoConnection {
        connecting.ifPresent(NoConnection::requireKnown);
    }

    private static void requireKnown(SqlState state) {
        if (!ConnectErrors.states().contains(state.code())) {
            throw new ChaosException("sqlState must be one that an attempt to connect fails with, one of "
                    + ConnectErrors.states() + ", but was " + state
                    + ". Leave it out for a pool whose connections are all in use.");
        }
    }

    /** All connections are in use for longer than the caller waits. */
    public static NoConnection timedOut() {
        return new NoConnection(Optional.empty(), true);
    }

    /**
     * The pool can't connect.
     *
     * @param state 08001, 53300 or 57P03
     */
    public static NoConnection refused(String state) {
        return new NoConnection(Optional.of(new SqlState(state)), true);
    }

    /** The same without the wait: the exception says that the time-out was over, but it was not. */
    public NoConnection atOnce() {
        return new NoConnection(connecting, false);
    }

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return site.equals(Gate.ACQUIRE);
    }

    @Override
    public void requirePossibleAt(Target target) {
        if (!target.seam().equals(Gate.ACQUIRE.seam())) {
            throw new ChaosException("NoConnection must be at the pool seam, but the target is " + target
                    + ". Use PoolMount.acquire(), or a Cut or a ServerError for statements.");
        }
    }

    @Override
    public Optional<String> mustComeBack() {
        return Optional.of(connecting.map(SqlState::code).orElse("timed out without an SQLSTATE") + " (forged)");
    }

    @Override
    public String toString() {
        return "no connection from the pool ("
                + connecting.map(state -> "connecting fails with " + state).orElse("all are in use")
                + (waits ? ")" : "), without the wait");
    }
}
