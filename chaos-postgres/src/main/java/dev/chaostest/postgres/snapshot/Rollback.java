// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.postgres.snapshot.internal.Captured;
import dev.chaostest.postgres.snapshot.internal.OpenWrites;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proves that work which fails leaves nothing behind.
 *
 * <p>The work is run once. It must fail with the expected SQLSTATE, found as {@link SqlFailure} finds it, however it is
 * wrapped; every transaction that wrote into the schema must have ended, also one that the work left open or prepared; and
 * not a row and not a definition may be different. So it is red when the work succeeds, fails in another way, commits a part
 * before it fails, or swallows the failure and goes on: the COMMIT of a failed transaction is a ROLLBACK, and pgjdbc does
 * not say so.
 *
 * <p>Sequences don't count, since a rollback does not set them back; those that moved are in the result.
 *
 * <pre>{@code
 * SchemaSnapshots bank = SchemaSnapshots.of(admin, "bank");
 * Rollback.expect("23514", bank, () -> service.transfer(1, 2, 5_000));
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, 3.4 (transactions), 13.6 (caveats).
 *
 * @param failure what the work failed with
 * @param sequences those that moved, by name in order
 * @since 0.1
 */
public record Rollback(SqlFailure failure, List<SchemaDiff.Difference> sequences) {

    /** How long a transaction may still be open when the work has failed: its client may have been cut off. */
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    public Rollback {
        sequences = List.copyOf(sequences);
    }

    /** What must fail. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /**
     * Runs work that must fail, and looks at what it left.
     *
     * @param sqlState what it must fail with: five characters, {@code 23505}
     * @param schema where it works; what its options leave out does not count
     * @return what it failed with
     * @throws AssertionError if it did not fail so, or left anything; what the work threw is the cause
     * @throws dev.chaostest.plan.ChaosException if the schema can't be read
     */
    public static Rollback expect(String sqlState, SchemaSnapshots schema, Work work) {
        return expect(sqlState, schema, END_TIMEOUT, work);
    }

    /** @param patience how long a transaction may still be open when the work has failed */
    static Rollback expect(String sqlState, SchemaSnapshots schema, Duration patience, Work work) {
        SqlState expected = new SqlState(sqlState);
        try {
            Map<String, String> others = OpenWrites.in(schema.source(), schema.schema());
            try (SchemaSnapshot before = schema.capture()) {
                Throwable thrown = thrown(work);
                Map<String, String> open = OpenWrites.awaitEnd(
                        schema.source(), schema.schema(), others, patience.toNanos());
                return new Outcome(expected, thrown, open, before.diff()).verdict();
            }
        } catch (SQLException e) {
            throw Captured.unreadable(schema.schema(), e);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever it is, it is told
    private static @Nullable Throwable thrown(Work work) {
        try {
            work.run();
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    /**
     * What was seen.
     *
     * @param thrown by the work; null if nothing
     * @param open transactions that should have ended
     */
    private record Outcome(SqlState expected, @Nullable Throwable thrown, Map<String, String> open, SchemaDiff diff) {

        Rollback verdict() {
            SchemaDiff left = diff.withoutSequences();
            Optional<SqlFailure> failure = Optional.ofNullable(thrown)
                    .flatMap(SqlFailure::of)
                    .filter(it -> !it.suppressed() && it.state().equals(Optional.of(expected)));
            if (failure.isPresent() && open.isEmpty() && left.isEmpty()) {
                return new Rollback(failure.get(), diff.sequences());
            }
            throw new AssertionError(
                    "The work must fail with SQLSTATE " + expected + " and leave nothing, but "
                            + (failure.isPresent() ? "it failed so and left something" : howItEnded(left)) + "."
                            + (open.isEmpty() ? "" : "\n  open    : " + String.join(", ", open.values())
                                    + ". End the transaction in the work.")
                            + (left.isEmpty() ? "" : "\n" + String.join("\n", left.lines())),
                    thrown);
        }

        private String howItEnded(SchemaDiff left) {
            if (thrown == null) {
                return "it did not fail"
                        + (left.isEmpty() && open.isEmpty()
                                ? ". Nothing is different either: look whether it swallows the failure, since a COMMIT of "
                                        + "a failed transaction is a ROLLBACK, and the driver does not say so"
                                : "");
            }
            return "it failed with "
                    + SqlFailure.of(thrown)
                            .flatMap(SqlFailure::state)
                            .map(state -> state + ": ")
                            .orElse("no SQLSTATE: ")
                    + thrown;
        }
    }
}
