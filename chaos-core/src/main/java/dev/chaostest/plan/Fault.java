// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;
import java.util.Optional;

/**
 * What happens when a rule strikes. A seam carries it out; the fault itself only says what.
 *
 * <p>Implementations are small immutable records that check their values, and whose {@code toString} says in a user's
 * words what is injected: it stands in every failure message.
 *
 * @since 0.1
 */
public interface Fault {

    /** Before or after the effect. */
    When strikes();

    /**
     * Whether the caller loses its answer, so that no other such fault can strike at the same hit. A delay does not end
     * a call; an error does.
     */
    boolean endsTheCall();

    /**
     * Whether it can happen at this site at all. Where it can't, a rule with this fault neither counts the hit nor
     * strikes: "every statement" then means every statement that can fail so.
     */
    default boolean isPossibleAt(Site site) {
        return true;
    }

    /** The same fault as it is told of where it strikes at another moment: at a message. Nothing but its text differs. */
    default Fault at(Moment moment) {
        return this;
    }

    /**
     * Refuses a target at which it can never happen; asked when a rule is made.
     *
     * @throws ChaosException if no site of the target can meet this fault
     */
    default void requirePossibleAt(Target target) {}

    /**
     * What it does from hit to hit, from now on. Most faults are the same at each; one that is not says here what strikes
     * when, and is never struck itself.
     */
    default Course course() {
        List<Fault> each = List.of(this);
        return occasion -> each;
    }

    /** Whether it can strike at all. */
    default boolean canStrike() {
        return true;
    }

    /** Whether it strikes each time that its rule is due. Else a rule with it need only have been reached. */
    default boolean isCertain() {
        return true;
    }

    /**
     * How often it must have struck on each counter, where its rule must be due so often: each time if it is certain, less
     * if it leaves hits out by plan, 0 if chance decides.
     */
    default long mustStrike(long due) {
        return isCertain() ? due : 0;
    }

    /** Whether what it does is drawn: another seed has it do another thing. */
    default boolean isDrawn() {
        return !isCertain();
    }

    /** Whether what it does depends on how many hits came before, from wherever. */
    default boolean isCounted() {
        return false;
    }

    /** Whether what it does depends on the clock. */
    default boolean isTimed() {
        return false;
    }

    /**
     * What must come back for the fault to have been true, as the seam reports it (an SQLSTATE, say). Another answer
     * makes the test red. Empty where nothing comes back that could be compared.
     */
    default Optional<String> mustComeBack() {
        return Optional.empty();
    }

    /**
     * The same fault with half its length, so that a failure can be had with less; empty if it has no length, or none worth
     * halving.
     */
    default Optional<Fault> halved() {
        return Optional.empty();
    }
}
