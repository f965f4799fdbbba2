// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often each rule would have struck where, in a round that only counts.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class WouldStrike {

    private final Map<Place, LongAdder> times = new ConcurrentHashMap<>();

    WouldStrike() {}

    void count(Decision decision) {
        decision.due().stream()
                .map(Decision.Due::rule)
                .distinct()
                .forEach(rule -> times.computeIfAbsent(
                                new Place(rule, decision.hit().site()), place -> new LongAdder())
                        .increment());
    }

    /** How many of the hits at this site the rule would have struck, over all lanes. */
    public long times(Rule rule, Site site) {
        LongAdder counted = times.get(new Place(rule, site));
        return counted == null ? 0 : counted.sum();
    }

    private record Place(Rule rule, Site site) {}
}
