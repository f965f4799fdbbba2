// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The attributes that say when, as they stand on each fault's annotation.
 *
 * @param timesByDefault how often the fault strikes if nothing is said, 0 for always
 */
public record Triggers(long nth, long times, long every, double probability, String during, long timesByDefault) {

    /** The value of {@code times} that stands for its default, as an annotation writes it. */
    private static final long UNSET = -1;

    private static final long FIRST = 1;

    /** The trigger; refuses what contradicts itself. */
    public Trigger trigger() {
        require(nth >= FIRST, "nth must be 1 or more, but was " + nth + ". Hits are counted from 1.");
        require(
                times >= UNSET,
                "times must be 0 (for all) or more, but was " + times + ". To inject nothing, remove the annotation.");
        require(every >= 0, "every must be 1 or more, but was " + every + ". Write 3 for each third hit.");
        require(
                probability >= 0 && probability <= 1,
                "probability must be between 0 and 1, but was " + probability + ". Write 0.1 for one hit in ten.");
        boolean drawn = probability < 1;
        int ways = (nth > FIRST ? 1 : 0) + (every > 0 ? 1 : 0) + (drawn ? 1 : 0) + (during.isEmpty() ? 0 : 1);
        require(
                ways <= 1,
                "only one of nth, every, probability and during must be set, but there were " + ways
                        + ". Use one annotation for each.");
        if (ways == 0 || nth > FIRST) {
            return inARow(times == UNSET ? timesByDefault : times);
        }
        Trigger trigger = drawn ? Trigger.probability(probability) : every > 0 ? Trigger.every(every) : span();
        return times > 0 ? trigger.times(times) : trigger;
    }

    /**
     * The rule that an annotation means.
     *
     * @param annotation its name and place, for messages
     * @throws ChaosException if a value makes no sense
     */
    public Rule rule(String annotation, Target target, Supplier<? extends Fault> fault, UnaryOperator<Rule> options) {
        try {
            return options.apply(Rule.of(target, trigger(), fault.get()));
        } catch (IllegalArgumentException | ChaosException badValue) {
            throw new ChaosException(annotation + ": " + badValue.getMessage(), badValue);
        }
    }

    private Trigger inARow(long count) {
        require(
                count <= Long.MAX_VALUE - nth,
                "nth and times must count hits that can come, but were " + nth + " and " + count
                        + ". Use times = 0 for all.");
        if (count > 0) {
            return Trigger.between(nth, nth + count - 1);
        }
        return nth == FIRST ? Trigger.always() : Trigger.from(nth);
    }

    private Trigger span() {
        return Trigger.during(Durations.parse("during", during));
    }

    private void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ChaosException(sentence);
        }
    }
}
