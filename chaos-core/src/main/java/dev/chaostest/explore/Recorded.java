// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Site;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What arrived in a clean round, in order.
 *
 * @param arrivals points, and what tells about them
 * @param points those of them that are points
 * @param dropped how many arrivals were not kept, since there were too many
 * @since 0.1
 */
public record Recorded(List<Point> arrivals, List<Point> points, long dropped) {

    public Recorded {
        arrivals = List.copyOf(arrivals);
        points = List.copyOf(points);
    }

    /** Those on the lane of a point before it, in order. */
    public List<Point> before(Point point) {
        return arrivals.stream()
                .takeWhile(each -> !each.hit().equals(point.hit())) // no other arrival has its number
                .filter(each -> each.lane().equals(point.lane()))
                .toList();
    }

    /** The sites of its points. */
    public Set<Site> sites() {
        return points.stream().map(Point::site).collect(Collectors.toUnmodifiableSet());
    }
}
