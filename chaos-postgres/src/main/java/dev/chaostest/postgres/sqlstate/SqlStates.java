// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The SQLSTATEs that matter to applications, each with its meaning, what to do, what a pool does, and how it is caused.
 *
 * <p>A state that is not here is none that PostgreSQL answers an application with in practice; {@link FailureKind#of} knows a
 * kind for each. What is said here is held against a real server and a real pool by this library's own tests.
 *
 * <pre>{@code
 * StateEntry entry = SqlStates.of("57P01").orElseThrow();
 * assertThat(entry.pool()).isEqualTo(PoolReaction.EVICTS);
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: PostgreSQL documentation, Appendix A.
 *
 * @since 0.1
 */
public final class SqlStates {

    private static final List<StateEntry> ALL = Stream.of(
                    ConnectionStates.all(),
                    DataStates.all(),
                    ConstraintStates.all(),
                    TransactionStates.all(),
                    StatementStates.all(),
                    ResourceStates.all())
            .flatMap(List::stream)
            .sorted(Comparator.comparing(entry -> entry.state().code()))
            .toList();

    private static final Map<SqlState, StateEntry> BY_STATE =
            ALL.stream().collect(Collectors.toUnmodifiableMap(StateEntry::state, Function.identity()));

    private SqlStates() {}

    /** All entries, by state. */
    public static List<StateEntry> all() {
        return ALL;
    }

    /**
     * What is known about a state.
     *
     * @param code five characters
     * @throws dev.chaostest.plan.ChaosException if it is not well-formed
     */
    public static Optional<StateEntry> of(String code) {
        return of(new SqlState(code));
    }

    /** What is known about a state. */
    public static Optional<StateEntry> of(SqlState state) {
        return Optional.ofNullable(BY_STATE.get(state));
    }
}
