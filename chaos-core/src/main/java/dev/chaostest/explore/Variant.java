// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;

/**
 * One round of a sweep: a fault at a point, once or from there on.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param number its place among all variants of the sweep, from 1
 * @param point where
 * @param what the site as a user would say it
 * @param candidate which fault
 * @param lasts whether it also strikes at all later arrivals at that site
 * @since 0.1
 */
public record Variant(int number, Point point, String what, Candidate candidate, boolean lasts) {

    /** The same in every run as long as the clean round does the same: a hash of site, n-th, lane, fault and lasting. */
    public int id() {
        String lane = point.isLaned() ? point.lane().name() : "";
        return (point.site() + "#" + nth() + "#" + lane + "#" + candidate.words() + "#" + lasts).hashCode();
    }

    /** The rule that makes it happen. It may miss: a point that is not reached again is told otherwise. */
    public Rule rule() {
        Trigger trigger = lasts ? Trigger.from(nth()) : Trigger.nth(nth());
        Rule rule = point.isLaned()
                ? Rule.of(Target.of(point.site()), trigger.on(point.lane()), candidate.fault())
                        .perLane()
                : Rule.of(Target.of(point.site()), trigger, candidate.fault());
        return rule.mayMiss();
    }

    /** Whether a round in which it struck arrived there again behind that, so that it makes a difference whether it lasts. */
    public boolean recurs(Decisions round) {
        long arrived = point.isLaned()
                ? round.seen(point.site(), point.lane())
                : round.seen().getOrDefault(point.site(), 0L);
        return arrived > nth();
    }

    /** Of a stream, the one in its middle. */
    private long nth() {
        long first = point.isLaned() ? point.hit().nth() : point.nth();
        return first + point.length() / 2;
    }

    /** {@code connection lost after COMMIT at TransferService.transfer:41}. */
    public String name() {
        String at = point.caller() == null ? "" : " at " + point.caller();
        return candidate.words() + " " + what + at + repeated() + (point.isLaned() ? " on " + point.lane() : "")
                + (lasts ? ", and from then on" : "");
    }

    private String repeated() {
        return point.nth() == 1 || point.isLaned() ? "" : ", arrival " + point.nth();
    }

    @Override
    public String toString() {
        return "#" + number + " " + name();
    }
}
