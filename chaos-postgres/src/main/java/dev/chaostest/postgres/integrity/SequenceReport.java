// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Holds what is wrong with numbers that should come one after the other.
 *
 * <p>A PostgreSQL sequence promises no two equal numbers, and nothing else: a rollback, a crash or a cache leaves gaps, and
 * numbers become visible in the order of the commits. Ask {@link #assertGapless} of numbers that the application itself
 * gives: invoice numbers, offsets of a log, events of one sender.
 *
 * <pre>{@code
 * integrity.sequence("SELECT number FROM invoice ORDER BY number").assertGapless();
 * integrity.sequence("SELECT number FROM inbox ORDER BY arrived").assertInOrder();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param count how many numbers came
 * @param gaps between the smallest and the greatest, in order; at most {@value #KEPT_MAX}
 * @param missing how many numbers the gaps are, of all
 * @param duplicates numbers that came more than once, in the order of their second arrival; at most {@value #KEPT_MAX}
 * @param late numbers that came behind a greater one, in order of arrival; at most {@value #KEPT_MAX}
 * @since 0.1
 */
public record SequenceReport(long count, List<Gap> gaps, long missing, List<Long> duplicates, List<Late> late) {

    /** How much is kept of each kind. */
    public static final int KEPT_MAX = 1_000;

    public SequenceReport {
        gaps = List.copyOf(gaps);
        duplicates = List.copyOf(duplicates);
        late = List.copyOf(late);
    }

    /**
     * Numbers that did not come, from one up to and with another.
     *
     * @param from the first
     * @param to the last
     */
    public record Gap(long from, long to) {
        @Override
        public String toString() {
            return from == to ? Long.toString(from) : from + ".." + to;
        }
    }

    /**
     * A number that came out of order.
     *
     * @param number the number
     * @param behind the greatest one that was there already
     */
    public record Late(long number, long behind) {
        @Override
        public String toString() {
            return number + " behind " + behind;
        }
    }

    /** Looks at numbers in the order in which they came. */
    public static SequenceReport of(List<Long> numbers) {
        Map<Long, Integer> seen = new HashMap<>();
        List<Long> duplicates = new ArrayList<>();
        List<Late> late = new ArrayList<>();
        long greatest = Long.MIN_VALUE;
        for (long number : numbers) {
            int times = seen.merge(number, 1, Integer::sum);
            if (times == 2 && duplicates.size() < KEPT_MAX) {
                duplicates.add(number);
            } else if (times == 1 && number < greatest && late.size() < KEPT_MAX) {
                late.add(new Late(number, greatest));
            }
            greatest = Math.max(greatest, number);
        }
        List<Gap> gaps = new ArrayList<>();
        long missing = gaps(seen, gaps);
        return new SequenceReport(numbers.size(), gaps, missing, duplicates, late);
    }

    private static long gaps(Map<Long, Integer> seen, List<Gap> gaps) {
        long missing = 0;
        Long before = null;
        for (long number : new TreeSet<>(seen.keySet())) {
            if (before != null && number > before + 1) {
                missing = plus(missing, before, number);
                if (gaps.size() < KEPT_MAX) {
                    gaps.add(new Gap(before + 1, number - 1));
                }
            }
            before = number;
        }
        return missing;
    }

    /** With the numbers between two; what is more than a number can say is as many as it can. */
    private static long plus(long missing, long before, long number) {
        try {
            return Math.addExact(missing, Math.subtractExact(number, before) - 1);
        } catch (ArithmeticException tooMany) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Checks that no number is missing between the smallest and the greatest, and that none is there twice.
     *
     * @throws AssertionError if one is
     */
    public void assertGapless() {
        if (missing > 0 || !duplicates.isEmpty()) {
            throw new AssertionError(
                    "Numbers must follow each other without a gap and without a second one, but " + missing
                            + " are missing and " + duplicates.size()
                            + " are there more than once. Give them in the transaction "
                            + "that uses them, under a lock.\n  missing : " + gaps + "\n  twice   : " + duplicates);
        }
    }

    /**
     * Checks that every number is greater than all before it.
     *
     * @throws AssertionError if one is not
     */
    public void assertInOrder() {
        if (!late.isEmpty() || !duplicates.isEmpty()) {
            throw new AssertionError("Numbers must come in order, but " + late.size()
                    + " came behind a greater one and "
                    + duplicates.size() + " came again. Hand them on in the order of the commits.\n  late    : " + late
                    + "\n  again   : " + duplicates);
        }
    }
}
