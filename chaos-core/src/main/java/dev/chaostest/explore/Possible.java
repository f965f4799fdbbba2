// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.List;

/**
 * What can happen at one point, and what was left out there.
 *
 * @param candidates in the order in which they are tried
 * @param pruned why others are not: each a few words about one of them, such as {@code 40001 at READ COMMITTED}
 * @since 0.1
 */
public record Possible(List<Candidate> candidates, List<String> pruned) {

    public Possible {
        candidates = List.copyOf(candidates);
        pruned = List.copyOf(pruned);
    }
}
