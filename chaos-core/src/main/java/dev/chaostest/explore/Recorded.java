// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Site;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What arrived in a clean round, in order.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Recorded {

    private final List<Point> arrivals;
    private final List<Point> points;
    private final long dropped;
    private final Map<Finding, Object> findings = new ConcurrentHashMap<>();

    /**
     * Keeps what has arrived.
     *
     * @param arrivals points, and what tells about them
     * @param points those of them that are points
     * @param dropped how many arrivals were not kept, since there were too many
     */
    public Recorded(List<Point> arrivals, List<Point> points, long dropped) {
        this.arrivals = List.copyOf(arrivals);
        this.points = List.copyOf(points);
        this.dropped = dropped;
    }

    /** Something that was found out about all of them. */
    private record Finding(Class<?> type, Object under) {}

    /** Points, and what tells about them. */
    public List<Point> arrivals() {
        return arrivals;
    }

    /** Those of the arrivals that are points. */
    public List<Point> points() {
        return points;
    }

    /** How many arrivals were not kept, since there were too many. */
    public long dropped() {
        return dropped;
    }

    /**
     * Finds something out about all of them once, and not again for each point: there may be thousands.
     *
     * @param under what else it depends on
     */
    public <T> T once(Class<T> type, Object under, Supplier<T> how) {
        return type.cast(findings.computeIfAbsent(new Finding(type, under), any -> how.get()));
    }

    /** The sites of its points. */
    public Set<Site> sites() {
        return points.stream().map(Point::site).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        return points.size()
                + (points.size() == 1 ? " point of " : " points of ")
                + arrivals.size()
                + (arrivals.size() == 1 ? " arrival" : " arrivals");
    }
}
