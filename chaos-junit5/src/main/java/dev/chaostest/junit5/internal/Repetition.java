// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.Outcome;
import dev.chaostest.internal.Amount;
import java.util.Locale;

/** Says how the two rounds of a variant that was red compare. */
final class Repetition {

    private Repetition() {}

    static String line(Outcome first, Outcome second) {
        if (first.isLike(second)) {
            return "again    : the same in 2 of 2 rounds";
        }
        return "again    : not the same in 2 rounds, so the test is not deterministic. First " + print(first)
                + "; then " + print(second);
    }

    private static String print(Outcome outcome) {
        String result = outcome.result().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return result + (outcome.text().isEmpty() ? "" : " (" + outcome.text() + ")") + ", with "
                + Amount.of(
                        outcome.seen().values().stream()
                                .mapToLong(Long::longValue)
                                .sum(),
                        "arrival") + " at "
                + Amount.of(outcome.seen().size(), "site") + ", and " + outcome.answers() + " came back";
    }
}
