// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Length;
import java.time.Duration;

/** What several toxics ask of their values. */
final class Checks {

    private Checks() {}

    static void positive(String toxic, String what, Duration time, String advice) {
        if (time.isNegative() || time.isZero() || time.compareTo(Length.LIMIT) > 0) {
            throw new IllegalArgumentException(
                    toxic + " must " + what + " longer than zero and at most a day, but was " + time + ". " + advice);
        }
    }

    static void notNegative(String toxic, String what, Duration time, String advice) {
        if (time.isNegative() || time.compareTo(Length.LIMIT) > 0) {
            throw new IllegalArgumentException(
                    toxic + " must " + what + " of zero or more and at most a day, but was " + time + ". " + advice);
        }
    }

    static void probability(String toxic, double probability, String advice) {
        if (!(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    toxic + " must have a probability above 0 and at most 1, but had " + probability + ". " + advice);
        }
    }

    static String print(Duration time) {
        return Durations.print(time);
    }
}
