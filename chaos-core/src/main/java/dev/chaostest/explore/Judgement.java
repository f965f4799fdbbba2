// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.List;

/**
 * What an oracle says about one round.
 *
 * @param wrong what does not hold, one line each, as a person reads it in the report: {@code money    : expected 2000, found
 *     1900}. Empty if all holds
 * @param told what is worth knowing about the round if it is red, one line each in the same form
 * @param counted what the verdict counts over all rounds, also green ones: the same words each time, of one of them, such as {@code ghost
 *     transaction: committed, though the client saw an error}
 * @since 0.1
 */
public record Judgement(List<String> wrong, List<String> told, List<String> counted) {

    public Judgement {
        wrong = List.copyOf(wrong);
        told = List.copyOf(told);
        counted = List.copyOf(counted);
    }

    /** With nothing to count. */
    public Judgement(List<String> wrong, List<String> told) {
        this(wrong, told, List.of());
    }

    /** All holds, and there is nothing to tell. */
    public static Judgement fine() {
        return new Judgement(List.of(), List.of());
    }

    /** Something does not hold. */
    public static Judgement wrong(List<String> lines) {
        return new Judgement(lines, List.of());
    }
}
