// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.work.Classifier;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the database said, out of whatever was thrown: by SQLSTATE, else by type, never by message.
 *
 * <p>Looked through are causes, {@linkplain SQLException#getNextException next exceptions} and what is suppressed, of any
 * throwable, so that what a framework wrapped is found; circles end, and at most {@value FailureSearch#LOOKED_AT_MAX}
 * throwables are looked at. Where there are several failures, the root of the trouble is taken:
 *
 * <ol>
 *   <li>what led to the throwable (causes and next exceptions) before what is only suppressed somewhere, such as a
 *       rollback or a close that failed too;
 *   <li>a failure that tells what the trouble is before {@link FailureKind#ABORTED_TRANSACTION} and
 *       {@link FailureKind#UNKNOWN}, which only say that there was some;
 *   <li>a cause before what it caused, and a failure before the next ones.
 * </ol>
 *
 * <pre>{@code
 * SqlFailure failure = SqlFailure.of(thrown).orElseThrow();
 * assertThat(failure.kind()).isEqualTo(FailureKind.SERIALIZATION);
 *
 * Workers.of(8).classify(SqlFailure.classifier(FailureKind.SERIALIZATION, FailureKind.DEADLOCK));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @param kind what the trouble is
 * @param state the SQLSTATE; empty if there is none, or none that is well-formed
 * @param exception the exception that it was read from
 * @param suppressed whether it is only suppressed somewhere: something else went wrong first
 * @since 0.1
 */
public record SqlFailure(FailureKind kind, Optional<SqlState> state, SQLException exception, boolean suppressed) {

    /** The failure of the database in what was thrown; empty if it had no part in it. */
    public static Optional<SqlFailure> of(Throwable thrown) {
        return FailureSearch.in(thrown);
    }

    /**
     * Expects failures of these kinds, and calls them by their {@linkplain FailureKind#label labels}.
     *
     * <p>A failure that is only {@linkplain #suppressed suppressed} is not expected: a {@code NullPointerException} stays
     * one, though the rollback failed too.
     */
    public static Classifier classifier(FailureKind first, FailureKind... more) {
        Set<FailureKind> expected = EnumSet.of(first, more);
        return failure -> of(failure)
                .filter(found -> !found.suppressed && expected.contains(found.kind))
                .map(found -> found.kind.label());
    }

    /**
     * Whether the whole transaction can be run again: as its kind says, but a time-out without a state is
     * {@link Transience#AMBIGUOUS}, since only the client gave up.
     */
    public Transience transience() {
        return kind == FailureKind.TIMEOUT && state.isEmpty() ? Transience.AMBIGUOUS : kind.transience();
    }
}
