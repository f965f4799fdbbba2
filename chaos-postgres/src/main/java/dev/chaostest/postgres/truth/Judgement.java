// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import java.util.Optional;

/**
 * What the database says of one transaction.
 *
 * @param number its id, if that is known
 * @param reason empty where nothing need be said
 * @param isFinal whether it will never be another
 */
record Judgement(Optional<String> number, Fate fate, String reason, boolean isFinal) {

    static Judgement of(Optional<String> number, Fate fate, String reason) {
        return new Judgement(number, fate, reason, true);
    }

    static Judgement of(Optional<String> number, Fate fate) {
        return of(number, fate, "");
    }

    /** It may be another at the next question. */
    static Judgement forNow(Optional<String> number, Fate fate, String reason) {
        return new Judgement(number, fate, reason, false);
    }
}
