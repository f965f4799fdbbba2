// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.ledger.LedgerEntry.Cause;
import java.util.List;

/**
 * What is known about one SQLSTATE.
 *
 * <p>{@link #recipe} is SQL that anybody can run: a superuser in a transaction of a database of ours, statement by statement;
 * the last one fails with the state, and a roll-back takes everything back. Where it is empty, {@link #real} says what it
 * takes: a second session, a full server, or that PostgreSQL never answers with it.
 *
 * <pre>{@code
 * StateEntry conflict = SqlStates.of("40001").orElseThrow();
 * assertThat(conflict.advice()).isEqualTo(RetryAdvice.RUN_AGAIN);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, Appendix A.
 *
 * @param state the state
 * @param name what PostgreSQL calls it: {@code serialization_failure}
 * @param meaning one sentence
 * @param advice what the application does best
 * @param pool what HikariCP does
 * @param aftermath what is left of transaction and session
 * @param provoked how true it is when a rule asks for it ({@code ServerError.of}): a real cause, raised by the server, or
 *     written in its name
 * @param recipe statements that really cause it; may be empty
 * @param real how it comes about without this library
 * @since 0.1
 */
public record StateEntry(
        SqlState state,
        String name,
        String meaning,
        RetryAdvice advice,
        PoolReaction pool,
        Aftermath aftermath,
        Cause provoked,
        List<String> recipe,
        String real) {

    public StateEntry {
        recipe = List.copyOf(recipe);
    }

    /** What most are: raised by the server, with the transaction aborted. */
    static StateEntry of(String code, String name, String meaning) {
        SqlState state = new SqlState(code);
        Aftermath aftermath = Aftermath.TRANSACTION_ABORTED;
        return new StateEntry(
                state,
                name,
                meaning,
                RetryAdvice.usual(FailureKind.of(state).transience()),
                PoolReaction.to(state, aftermath),
                aftermath,
                Cause.RAISED,
                List.of(),
                "");
    }

    /** As this, caused by these statements. */
    StateEntry by(String... statements) {
        return new StateEntry(
                state,
                name,
                meaning,
                advice,
                pool,
                aftermath,
                provoked,
                List.of(statements),
                "a single session can do it");
    }

    /** As this, with what it takes to cause it. */
    StateEntry takes(String what) {
        return new StateEntry(state, name, meaning, advice, pool, aftermath, provoked, recipe, what);
    }

    StateEntry advised(RetryAdvice other) {
        return new StateEntry(state, name, meaning, other, pool, aftermath, provoked, recipe, real);
    }

    StateEntry provoked(Cause other) {
        return new StateEntry(state, name, meaning, advice, pool, aftermath, other, recipe, real);
    }

    StateEntry leaves(Aftermath other) {
        PoolReaction reaction = PoolReaction.to(state, other);
        return new StateEntry(state, name, meaning, advice, reaction, other, provoked, recipe, real);
    }

    /** What kind of trouble it means. */
    public FailureKind kind() {
        return FailureKind.of(state);
    }

    /** The title of its class: {@code Transaction Rollback}. */
    public String category() {
        return StateClasses.title(state.category());
    }

    /** Whether statements of a single session cause it. */
    public boolean hasRecipe() {
        return !recipe.isEmpty();
    }

    @Override
    public String toString() {
        return state + " " + name;
    }
}
