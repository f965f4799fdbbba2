// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.internal.Amount;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How all workers of a run ended, in the order of the workers; never empty.
 *
 * <p>Only runs in which each worker ended with success or with an expected failure have outcomes. Whether enough of them
 * did what the test is about is the test's to say: {@link #requireAtLeast}.
 *
 * <pre>{@code
 * outcomes.requireAtLeast("serialization", 1);
 * assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(7);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads as far as its values are.
 *
 * @param name what the workers are called
 * @param all one for each worker
 * @since 0.1
 */
public record Outcomes<T>(String name, List<Outcome<T>> all) {

    public Outcomes {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("outcomes of \"" + name
                    + "\" must come from at least one worker, but there are none. Run at least one.");
        }
    }

    /** What the successful tasks returned. */
    public List<T> values() {
        return all.stream().flatMap(outcome -> outcome.value().stream()).toList();
    }

    /** The expected failures. */
    public List<Exception> failures() {
        return all.stream().flatMap(outcome -> outcome.failure().stream()).toList();
    }

    /** How many workers ended with this label; 0 also for one that does not exist. */
    public long count(String label) {
        return labels().getOrDefault(label, 0L);
    }

    /** The labels that occurred, by name, each with its number of workers. */
    public SortedMap<String, Long> labels() {
        return all.stream().collect(Collectors.groupingBy(Outcome::label, TreeMap::new, Collectors.counting()));
    }

    /**
     * Checks that a run showed what it was made to show.
     *
     * @param label {@value Outcome#SUCCESS}, or one of the classifier's
     * @param least 1 or more
     * @return this
     * @throws AssertionError if fewer workers ended with the label; the message has all labels that occurred
     * @throws IllegalArgumentException if {@code least} is below 1: that would check nothing
     */
    public Outcomes<T> requireAtLeast(String label, long least) {
        if (least < 1) {
            throw new IllegalArgumentException(
                    "the least number must be 1 or more, but was " + least + ". Leave the check out.");
        }
        long found = count(label);
        if (found < least) {
            throw new AssertionError("At least " + least + " of the " + Amount.of(all.size(), "worker") + " \"" + name
                    + "\" must end with \"" + label + "\", but " + found
                    + " did. Make the workers meet more often, or correct the label."
                    + labels().entrySet().stream().map(Outcomes::line).collect(Collectors.joining()));
        }
        return this;
    }

    private static String line(Map.Entry<String, Long> entry) {
        return "\n  ended : " + entry.getKey() + " (" + entry.getValue()
                + (entry.getValue() == 1 ? " worker)" : " workers)");
    }
}
