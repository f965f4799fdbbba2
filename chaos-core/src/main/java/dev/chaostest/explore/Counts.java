// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How often what was said. */
final class Counts {

    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(String what) {
        add(what, 1);
    }

    void add(String what, int times) {
        if (times > 0) {
            counts.merge(what, times, Integer::sum);
        }
    }

    int sum() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** In the order in which they came. */
    List<Verdict.Count> all() {
        return counts.entrySet().stream()
                .map(each -> new Verdict.Count(each.getValue(), each.getKey()))
                .toList();
    }
}
