// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Fault;
import java.util.Objects;

/**
 * A fault that is possible at a point.
 *
 * @param name what a user calls it, to choose it: {@code connection lost}, {@code 40001}
 * @param words the same and how it meets the point, for names of rounds: {@code connection lost after}, {@code 40001 on}
 * @param fault what is done
 * @param canLast whether it may go on from there, and not only strike once
 * @param onlyNamed whether it is tried only where it is chosen by its name
 * @since 0.1
 */
public record Candidate(String name, String words, Fault fault, boolean canLast, boolean onlyNamed) {

    public Candidate {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(words, "words");
        Objects.requireNonNull(fault, "fault");
    }

    /** One that is tried unless others are chosen. */
    public Candidate(String name, String words, Fault fault, boolean canLast) {
        this(name, words, fault, canLast, false);
    }
}
