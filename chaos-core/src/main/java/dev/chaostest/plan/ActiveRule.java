// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A rule and what it has counted. The lock makes counting and deciding one step, so "times = 2" means two. */
final class ActiveRule {

    private static final Lane WHOLE_SCOPE = new Lane("*");
    private static final int DRAWS_SHOWN = 10;
    /** Lanes are bounded where they are numbered. */
    private static final int COUNTERS_MAX = 100_000;

    private static final long SECOND_DRAW = 0x5ec0d;
    private static final long FURTHER_DRAW = 0x9e3779b97f4a7c15L;
    private static final Answer NOTHING = new Answer(List.of(), false);

    private final Rule rule;
    private final int number;
    private final @Nullable Playback playback;
    private final Seed seed;
    private final long hash;
    private volatile long since;
    private final Map<Site, Boolean> matches = new ConcurrentHashMap<>();
    private final ReentrantLock counting = new ReentrantLock();
    private final Map<Lane, Counter> counters = new HashMap<>();
    private final List<Double> draws = new ArrayList<>();
    private long overshadowed;
    private volatile boolean retired;

    /**
     * @param number its place among the rules of the scope
     * @param ordinal its place among those that are equal to it
     * @param playback the decisions to make, if they are made already
     */
    ActiveRule(Rule rule, int number, int ordinal, Seed seed, long since, @Nullable Playback playback) {
        this.rule = rule;
        this.number = number;
        this.playback = playback;
        this.seed = seed;
        // Its text, not its place in the plan: a rule that is added elsewhere does not move the draws of this one.
        this.hash = Seed.hash(rule + "#" + ordinal);
        this.since = since;
    }

    Rule rule() {
        return rule;
    }

    int number() {
        return number;
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

    boolean matches(Site site, Detail detail) {
        return matches(site) && rule.target().covers(detail);
    }

    /** Whether it is still about some hits of a site. */
    boolean matches(Site site) {
        return !retired && matches.computeIfAbsent(site, this::isAbout);
    }

    /** Whether it still looks at this seam. */
    boolean isAbout(String seam) {
        return !retired && rule.target().seam().equals(seam);
    }

    /** Whether it can be about some hits of a site. */
    boolean isAbout(Site site) {
        return rule.target().matches(site) && rule.fault().isPossibleAt(site);
    }

    /** Counts the hit and says what strikes; after the end of the call, nothing that would end it again. */
    Answer ask(Hit hit, Detail detail, Duration elapsed, boolean ended) {
        counting.lock();
        try {
            Lane counted = counted(hit, detail);
            Counter counter = counters.computeIfAbsent(counted, this::begin);
            counter.nth++;
            Hit drawn = rule.counting() == Rule.Counting.KEY ? new Hit(hit.site(), counted, counter.nth) : hit;
            Asked asked = new Asked(counter, drawn, hit, detail, elapsed);
            boolean isDue = rule.trigger().isDue(asked);
            List<Fault> faults = isDue ? counter.course.next(asked) : List.of();
            List<Fault> striking = playback == null ? faults : played(playback, asked, isDue, faults, ended);
            return striking.isEmpty() ? NOTHING : answer(striking, asked, ended);
        } finally {
            counting.unlock();
        }
    }

    /** What the script has in place of what would be due. The course was asked all the same: it goes on as in the first run. */
    private List<Fault> played(Playback script, Asked asked, boolean isDue, List<Fault> faults, boolean ended) {
        asked.counter.due += faults.stream().anyMatch(fault -> !ended || !fault.endsTheCall()) ? 1 : 0;
        OptionalInt halvings = script.at(number, asked.hit);
        if (halvings.isEmpty()) {
            return List.of();
        }
        List<Fault> striking = isDue ? faults : asked.counter.course.next(asked);
        return striking.stream()
                .map(fault -> halved(fault, halvings.getAsInt()))
                .toList();
    }

    private static Fault halved(Fault fault, int times) {
        return times == 0
                ? fault
                : fault.halved().map(shorter -> halved(shorter, times - 1)).orElse(fault);
    }

    private Counter begin(Lane counted) {
        if (counters.size() >= COUNTERS_MAX) {
            throw new ChaosException("a rule must count for at most " + COUNTERS_MAX + " keys, but \"" + counted
                    + "\" is one more. Let several hits share a key.");
        }
        return new Counter(rule.fault().course());
    }

    private Lane counted(Hit hit, Detail detail) {
        return switch (rule.counting()) {
            case SCOPE -> WHOLE_SCOPE;
            case LANE -> hit.lane();
            case KEY -> {
                String key = detail.key();
                yield key == null ? hit.lane() : new Lane(key);
            }
        };
    }

    private Answer answer(List<Fault> faults, Asked asked, boolean endedBefore) {
        List<Decision.Due> due = new ArrayList<>(faults.size());
        boolean ended = endedBefore;
        boolean shadow = false;
        for (Fault fault : faults) {
            if (ended && fault.endsTheCall()) {
                shadow = true;
            } else {
                due.add(new Decision.Due(rule, fault, seed.draw(hash ^ SECOND_DRAW + due.size(), asked.drawn)));
                ended |= fault.endsTheCall();
            }
        }
        asked.counter.struck += due.isEmpty() ? 0 : 1;
        if (playback != null && !due.isEmpty()) {
            playback.struck(number, asked.hit);
        }
        overshadowed += shadow ? 1 : 0;
        return new Answer(due, shadow);
    }

    /**
     * What a rule has to say about a hit.
     *
     * @param due what strikes; each draw is independent of the one that decided
     * @param isOvershadowed whether something did not strike because the call was over
     */
    record Answer(List<Decision.Due> due, boolean isOvershadowed) {}

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
        long must = rule.mustStrike();
        return counters.entrySet().stream()
                .filter(entry -> entry.getValue().struck < must
                        && entry.getValue().course.canStrike())
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(Lane::name))
                .toList();
    }

    private static final class Counter {
        private final Course course;
        private long nth;
        /** How often it would have struck by itself, where a script is followed. */
        private long due;

        private long struck;

        Counter(Course course) {
            this.course = course;
        }
    }

    /** One question to the trigger; lives under the lock. */
    private final class Asked implements Trigger.Occasion {
        private final Counter counter;
        private final Hit drawn;
        private final Hit hit;
        private final Detail detail;
        private final Duration elapsed;

        Asked(Counter counter, Hit drawn, Hit hit, Detail detail, Duration elapsed) {
            this.counter = counter;
            this.drawn = drawn;
            this.hit = hit;
            this.detail = detail;
            this.elapsed = elapsed;
        }

        @Override
        public long nth() {
            return counter.nth;
        }

        @Override
        public long struck() {
            return playback == null ? counter.struck : counter.due;
        }

        @Override
        public double draw() {
            return draw(0);
        }

        @Override
        public double draw(int number) {
            double draw = seed.draw(hash ^ number * FURTHER_DRAW, drawn);
            if (number == 0 && draws.size() < DRAWS_SHOWN) {
                draws.add(draw);
            }
            return draw;
        }

        @Override
        public Duration elapsed() {
            return elapsed;
        }

        @Override
        public Hit hit() {
            return hit;
        }

        @Override
        public Detail detail() {
            return detail;
        }
    }
}
