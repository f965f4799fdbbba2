// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The attempts up to a moment, and what can be asked about them.
 *
 * @param all those that were kept
 * @param count all there were
 */
record Trail(String name, List<Attempt> all, long count) {

    private static final int SHOWN = 20;

    void requireCount(long least, long most) {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException("the number of attempts must be 0 or more, the least first, but was "
                    + least + " to " + most + ". Correct the check.");
        }
        if (count < least || count > most) {
            throw failed(
                    "must be " + (least == most ? least : least + " to " + most),
                    "were " + count,
                    count < least
                            ? "Check that the retry takes the failure for one that is worth another attempt."
                            : "Check the retry's limit, and whether another retry above it multiplies it.");
        }
    }

    void requireGaps(Duration shortest, Duration longest) {
        if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException("gaps must run from a shortest to a longest, but were to be from "
                    + shortest + " to " + longest + ". Give the shorter duration first.");
        }
        List<Duration> gaps = gaps(2);
        for (int i = 0; i < gaps.size(); i++) {
            requireGap(i, gaps.get(i), shortest, longest);
        }
    }

    void requireBackoff(Backoff backoff, Duration slack) {
        if (slack.isNegative()) {
            throw new IllegalArgumentException(
                    "slack must not be negative, but was " + slack + ". Use Duration.ZERO with virtual time.");
        }
        List<Duration> gaps = gaps(2);
        for (int i = 0; i < gaps.size(); i++) {
            requireGap(
                    i,
                    gaps.get(i),
                    backoff.shortest(i + 1),
                    backoff.longest(i + 1).plus(slack));
        }
    }

    private void requireGap(int index, Duration gap, Duration shortest, Duration longest) {
        if (gap.compareTo(shortest) < 0 || gap.compareTo(longest) > 0) {
            throw failed(
                    "must begin " + Durations.print(shortest) + " to " + Durations.print(longest)
                            + " after the one before ended",
                    "attempt " + (index + 2) + " began " + Durations.print(gap) + " after",
                    "Check the retry's back-off.");
        }
    }

    void requireGrowingGaps() {
        List<Duration> gaps = gaps(3);
        for (int i = 1; i < gaps.size(); i++) {
            if (gaps.get(i).compareTo(gaps.get(i - 1)) <= 0) {
                throw failed(
                        "must begin later and later after the one before ended",
                        "attempt " + (i + 2) + " began " + Durations.print(gaps.get(i)) + " after, attempt " + (i + 1)
                                + " " + Durations.print(gaps.get(i - 1)),
                        "Check that the retry's back-off grows; jitter and a cap end the growth.");
            }
        }
    }

    void requireTotal(Duration longest) {
        requireSome(1);
        Duration end = Duration.ZERO;
        for (Attempt attempt : all) {
            Duration ended = attempt.ended()
                    .orElseThrow(() -> failed(
                            "must have ended",
                            "attempt " + attempt.number() + " still runs",
                            "Check after the call has returned."));
            end = ended.compareTo(end) > 0 ? ended : end;
        }
        Duration total = end.minus(all.get(0).began());
        if (total.compareTo(longest) > 0) {
            throw failed(
                    "must end within " + Durations.print(longest),
                    "took " + Durations.print(total),
                    "Give the retry a deadline, or fewer attempts.");
        }
    }

    void requireAmplification(long calls, double below) {
        if (calls < 1 || !(below > 1)) {
            throw new IllegalArgumentException(
                    "amplification must be checked for 1 call or more and against more than 1, " + "but was for "
                            + calls + " and " + below + ". Count the calls above the retry.");
        }
        requireAtLeast(1);
        double found = (double) count / calls;
        if (found >= below) {
            throw failed(
                    "must be less than " + below + " for each call",
                    "were " + count + " for " + Amount.of(calls, "call") + String.format(Locale.ROOT, " (%.2f)", found),
                    "Bound the retries of all calls together, with a budget.");
        }
    }

    /** From the end of each attempt to the beginning of the next. */
    private List<Duration> gaps(int leastAttempts) {
        requireSome(leastAttempts);
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < all.size(); i++) {
            Duration began = all.get(i).began();
            Duration ended = all.get(i - 1).ended().orElse(began.plusNanos(1));
            if (began.compareTo(ended) < 0) {
                throw failed(
                        "must come one after another",
                        "attempt " + (i + 1) + " began before attempt " + i + " ended",
                        "Watch each call with an observer of its own.");
            }
            gaps.add(began.minus(ended));
        }
        return gaps;
    }

    private void requireAtLeast(int least) {
        if (count < least) {
            throw failed(
                    "must be at least " + least + " for this check",
                    "were " + count,
                    "Make the first ones fail, or leave the check out.");
        }
    }

    private void requireSome(int least) {
        requireAtLeast(least);
        if (count > all.size()) {
            throw failed(
                    "must be at most " + all.size() + " for this check",
                    "were " + count,
                    "Watch fewer calls with one observer.");
        }
    }

    private AssertionError failed(String rule, String found, String advice) {
        return new AssertionError("Attempts of \"" + name + "\" " + rule + ", but " + found + ". " + advice + this);
    }

    @Override
    public String toString() {
        String lines =
                all.stream().limit(SHOWN).map(attempt -> "\n  " + attempt).collect(Collectors.joining());
        return count > SHOWN ? lines + "\n  and " + (count - SHOWN) + " more" : lines;
    }
}
