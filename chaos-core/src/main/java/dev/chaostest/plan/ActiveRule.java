// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** A rule and what it has counted. The lock makes counting and deciding one step, so "times = 2" means two. */
final class ActiveRule {

    private static final Lane WHOLE_SCOPE = new Lane("*");
    private static final int DRAWS_SHOWN = 10;
    private static final long SECOND_DRAW = 0x5ec0d;

    private final Rule rule;
    private final Seed seed;
    private final long hash;
    private volatile long since;
    private final Map<Site, Boolean> matches = new ConcurrentHashMap<>();
    private final ReentrantLock counting = new ReentrantLock();
    private final Map<Lane, Counter> counters = new HashMap<>();
    private final List<Double> draws = new ArrayList<>();
    private long overshadowed;
    private volatile boolean retired;

    ActiveRule(Rule rule, int ordinal, Seed seed, long since) {
        this.rule = rule;
        this.seed = seed;
        // Its text, not its place in the plan: a rule that is added elsewhere does not move the draws of this one.
        this.hash = Seed.hash(rule + "#" + ordinal);
        this.since = since;
    }

    Rule rule() {
        return rule;
    }

    long since() {
        return since;
    }

    void restart(long now) {
        since = now;
    }

    void retire() {
        retired = true;
    }

    boolean matches(Site site) {
        return !retired && matches.computeIfAbsent(site, this::isAbout);
    }

    private boolean isAbout(Site site) {
        return rule.target().matches(site) && rule.fault().isPossibleAt(site);
    }

    /** Counts the hit and says whether the rule is due; in another rule's shadow it counts but does not strike. */
    boolean isDue(Hit hit, Duration elapsed, boolean shadow) {
        counting.lock();
        try {
            Lane counted = rule.counting() == Rule.Counting.LANE ? hit.lane() : WHOLE_SCOPE;
            Counter counter = counters.computeIfAbsent(counted, lane -> new Counter());
            counter.nth++;
            boolean due = rule.trigger().isDue(new Asked(counter, hit, elapsed));
            if (due && shadow) {
                overshadowed++;
            } else if (due) {
                counter.struck++;
            }
            return due;
        } finally {
            counting.unlock();
        }
    }

    /** Independent of the draw that decided. */
    double secondDraw(Hit hit) {
        return seed.draw(hash ^ SECOND_DRAW, hit);
    }

    Tally tally() {
        counting.lock();
        try {
            long reached = counters.values().stream().mapToLong(c -> c.nth).sum();
            long struck = counters.values().stream().mapToLong(c -> c.struck).sum();
            return new Tally(rule, reached, struck, overshadowed, draws, lacking());
        } finally {
            counting.unlock();
        }
    }

    private List<Lane> lacking() {
        if (rule.counting() == Rule.Counting.SCOPE) {
            return List.of();
        }
        long must = rule.trigger().mustStrike();
        return counters.entrySet().stream()
                .filter(entry -> entry.getValue().struck < must)
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(Lane::name))
                .toList();
    }

    private static final class Counter {
        private long nth;
        private long struck;
    }

    /** One question to the trigger; lives under the lock. */
    private final class Asked implements Trigger.Occasion {
        private final Counter counter;
        private final Hit hit;
        private final Duration elapsed;

        Asked(Counter counter, Hit hit, Duration elapsed) {
            this.counter = counter;
            this.hit = hit;
            this.elapsed = elapsed;
        }

        @Override
        public long nth() {
            return counter.nth;
        }

        @Override
        public long struck() {
            return counter.struck;
        }

        @Override
        public double draw() {
            double draw = seed.draw(hash, hit);
            if (draws.size() < DRAWS_SHOWN) {
                draws.add(draw);
            }
            return draw;
        }

        @Override
        public Duration elapsed() {
            return elapsed;
        }
    }
}
