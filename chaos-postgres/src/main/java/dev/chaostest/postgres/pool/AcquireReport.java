// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of those who asked for a connection.
 *
 * <p>How many of them succeeded says little about a limit: who waits gets a connection as soon as another gives one back.
 * What shows a limit is the {@link #peak}, and who was refused.
 *
 * <pre>{@code
 * Supplier<AcquireReport> use = PoolMount.of(bank).watchUse();
 * runTenWorkers(bank);
 * use.get().requirePeakAtMost(5);
 * assertThat(use.get().refused()).isEqualTo(5);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param acquired how many connections were given
 * @param peak how many of them were open at the same time, at most
 * @param refusals who got none, in order; at most {@value #REFUSALS_MAX} are kept
 * @param longestWait the longest time that one asked for, given or not
 * @since 0.1
 */
public record AcquireReport(int acquired, int peak, List<Refusal> refusals, Duration longestWait) {

    /** How many refusals are kept at most. */
    public static final int REFUSALS_MAX = 10_000;

    public AcquireReport {
        refusals = List.copyOf(refusals);
    }

    /**
     * One who got no connection.
     *
     * @param state the SQLSTATE; empty where a pool had none in time
     * @param waited for how long
     * @param exception what was thrown
     */
    public record Refusal(Optional<SqlState> state, Duration waited, SQLException exception) {

        /** Of what was thrown. */
        public static Refusal of(SQLException exception, Duration waited) {
            return new Refusal(SqlFailure.of(exception).flatMap(SqlFailure::state), waited, exception);
        }
    }

    /** How many got none; {@value #REFUSALS_MAX} also where there were more. */
    public int refused() {
        return refusals.size();
    }

    /** How many got none, by SQLSTATE; {@code "none"} where there was no state. */
    public SortedMap<String, Long> refusedBy() {
        return refusals.stream()
                .collect(Collectors.groupingBy(
                        refusal -> refusal.state().map(SqlState::code).orElse("none"),
                        TreeMap::new,
                        Collectors.counting()));
    }

    /**
     * Checks a limit.
     *
     * @param most as many as there may be at the same time
     * @return this
     * @throws AssertionError if there were more
     */
    public AcquireReport requirePeakAtMost(int most) {
        if (peak > most) {
            throw new AssertionError("At most " + Amount.of(most, "connection") + " must be open at the same time, but "
                    + peak + " were. Look for a second pool, or for one that is bigger than it should be.\n  seen : "
                    + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return acquired + " acquired, peak " + peak + ", " + refused() + " refused"
                + (refusals.isEmpty() ? "" : " " + refusedBy()) + ", longest wait " + Durations.print(longestWait);
    }
}
