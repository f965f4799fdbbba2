// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.Sabotage;
import java.util.Optional;

/**
 * One place at which code can be sabotaged.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param sabotage what is done there
 * @param statement the site of the statement
 * @param nth the how many-th hit at that site, from 1, over all connections; of rows, always the first one
 * @param caller the frame of the code under test that sends it, if that was on the stack
 * @param kept whether what its transaction wrote was committed in the end
 * @since 0.1
 */
public record SabotagePlace(Sabotage sabotage, Site statement, long nth, Optional<String> caller, boolean kept) {

    private static final int SHOWN = 60;

    /** The rule that carries it out there; not reaching the place makes no test red. */
    public Rule rule() {
        return Rule.of(sabotage.at(statement), Trigger.nth(nth), sabotage).mayMiss();
    }

    /** The statement, as far as it fits a line, and who sends it: {@code UPDATE account SET ... from Pay.pay:41, hit 2}. */
    public String where() {
        String name = statement.name();
        String text = name.length() <= SHOWN ? name : name.substring(0, SHOWN - 3) + "...";
        return text + caller.map(frame -> " from " + frame).orElse("") + (nth == 1 ? "" : ", hit " + nth);
    }

    /** What was done to the code, as the end of a sentence. */
    public String deed() {
        String name = statement.name();
        return switch (sabotage) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> "COMMIT is sent in place of ROLLBACK";
            case COMMIT_IN_THE_MIDDLE -> "the transaction is committed in the middle, before " + name;
            case RUN_TWICE -> name + " is run twice";
            case DROP_WRITE -> "nothing of " + name + " is kept";
            case HIDE_ROW -> "a row of " + name + " is missing";
        };
    }

    /** How a test comes to notice it. */
    public String advice() {
        return switch (sabotage) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> "Assert that nothing of the transaction stays.";
            case COMMIT_IN_THE_MIDDLE ->
                kept
                        ? "Have the transaction fail behind it (@ChaosFailure), and assert that nothing of it stays."
                        : "Assert that nothing of a transaction that fails stays.";
            case RUN_TWICE -> "Assert how many rows there are, or what their values add up to.";
            case DROP_WRITE -> "Assert that what it writes is there.";
            case HIDE_ROW -> "Assert on what the code makes of all rows.";
        };
    }

    @Override
    public String toString() {
        return sabotage.name() + " of " + where();
    }
}
