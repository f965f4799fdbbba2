// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one decision path: numbers the hits of a scope and asks its rules about each.
 *
 * <p>Every seam of a scope asks the same instance. Does no I/O; the clock is passed in. Safe for use by many threads:
 * rules don't wait for each other, and hits of the same rule only while it counts.
 *
 * @since 0.1
 */
public final class Decisions {

    /** More (site, lane) pairs than a test can have unless its sites hold values. */
    private static final int ARRIVALS_MAX = 100_000;

    private final Detail nothingElse = () -> null;
    private final Seed seed;
    private final LongSupplier nanoClock;
    private final CopyOnWriteArrayList<ActiveRule> rules = new CopyOnWriteArrayList<>();
    private final ReentrantLock adding = new ReentrantLock();
    private final Map<Arrival, AtomicLong> arrivals = new ConcurrentHashMap<>();
    private final @Nullable Playback playback;
    private final FiredLog fired = new FiredLog();

    /**
     * @param plan the rules to begin with, active from now on
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public Decisions(Plan plan, LongSupplier nanoClock) {
        this.seed = plan.seed();
        this.nanoClock = nanoClock;
        this.playback = plan.script().map(Playback::new).orElse(null);
        plan.rules().forEach(this::add);
    }

    /**
     * Adds a rule behind the others; it counts from now on.
     *
     * @return what takes it out again; its tally stays
     */
    public Runnable add(Rule rule) {
        adding.lock(); // two equal rules must get two ordinals, or they draw alike
        try {
            ActiveRule active =
                    new ActiveRule(rule, rules.size(), ordinalOf(rule), seed, nanoClock.getAsLong(), playback);
            rules.add(active);
            return active::retire;
        } finally {
            adding.unlock();
        }
    }

    /** Has spans of time begin now, for the rules that are there. */
    public void begin() {
        long now = nanoClock.getAsLong();
        rules.forEach(rule -> rule.restart(now));
    }

    /** Numbers this hit and decides; null if nothing strikes. */
    public @Nullable Decision at(Site site, Lane lane) {
        return at(site, lane, nothingElse);
    }

    /** As {@link #at(Site, Lane)}, where more is known about the hit than its site. */
    public @Nullable Decision at(Site site, Lane lane, Detail detail) {
        return about(arrive(site, lane), detail);
    }

    /** Numbers a hit; {@link #about} decides about it. */
    public Hit arrive(Site site, Lane lane) {
        return new Hit(site, lane, number(site, lane));
    }

    /** Decides about a hit that was numbered before, once; null if nothing strikes. */
    public @Nullable Decision about(Hit hit, Detail detail) {
        List<Decision.Due> due = null;
        List<Rule> overshadowed = List.of();
        boolean ended = false;
        for (ActiveRule active : rules) {
            if (!active.matches(hit.site(), detail)) {
                continue;
            }
            ActiveRule.Answer answer = active.ask(hit, detail, elapsedSince(active), ended);
            if (answer.isOvershadowed()) {
                overshadowed = append(overshadowed, active.rule());
            }
            fired.add(active, hit, answer);
            for (Decision.Due each : answer.due()) {
                due = append(due == null ? List.of() : due, each);
                ended |= each.fault().endsTheCall();
            }
        }
        return due == null ? null : new Decision(hit, due, overshadowed);
    }

    /** Numbers the hits of something that stays at these sites; {@link #ask} decides about it. */
    public Lasting lasting(List<Site> sites, Lane lane) {
        return new Lasting(sites.stream()
                .map(site -> new Hit(site, lane, number(site, lane)))
                .toList());
    }

    /** Asks those rules that were not asked about it yet; one decision for each that strikes or is overshadowed. */
    public List<Decision> ask(Lasting lasting, Detail detail) {
        List<ActiveRule> all = List.copyOf(rules);
        List<Decision> decisions = new ArrayList<>();
        for (ActiveRule active : all.subList(lasting.asked(), all.size())) {
            for (Hit hit : lasting.hits()) {
                if (active.isAbout(hit.site())) {
                    ask(active, hit, lasting, detail, decisions);
                    break;
                }
            }
        }
        lasting.askedUpTo(all.size());
        return decisions;
    }

    private void ask(ActiveRule active, Hit hit, Lasting lasting, Detail detail, List<Decision> decisions) {
        if (!active.matches(hit.site(), detail)) {
            return;
        }
        ActiveRule.Answer answer = active.ask(hit, detail, elapsedSince(active), lasting.isEnded());
        fired.add(active, hit, answer);
        if (answer.due().stream().anyMatch(due -> due.fault().endsTheCall())) {
            lasting.end();
        }
        if (answer.isOvershadowed() || !answer.due().isEmpty()) {
            List<Rule> overshadowed = answer.isOvershadowed() ? List.of(active.rule()) : List.of();
            decisions.add(new Decision(hit, answer.due(), overshadowed));
        }
    }

    /** Whether some rule, as they are now, looks at this seam. */
    public boolean isAbout(String seam) {
        for (ActiveRule active : rules) {
            if (active.isAbout(seam)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some rule, as they are now, can be about this site: where none is, a costly seam need not ask. */
    public boolean isAbout(Site site) {
        for (ActiveRule active : rules) {
            if (active.matches(site)) {
                return true;
            }
        }
        return false;
    }

    /** Where rules struck so far, in order; at most {@value FiredLog#KEPT_MAX}, the first ones. */
    public List<FiredDecision> fired() {
        return fired.all();
    }

    /** All that was decided so far, to be decided again. It is no longer complete where more was than is kept. */
    public Script script() {
        List<FiredAt> decisions = fired().stream().map(FiredDecision::at).toList();
        return new Script(decisions, !fired.isFull());
    }

    /** The decisions of the script that it follows, if it does, which did not strike so far; one sentence each. */
    public List<String> unreached() {
        if (playback == null) {
            return List.of();
        }
        Unreached words = new Unreached(
                rules.stream().map(ActiveRule::rule).toList(),
                seen().keySet(),
                arrivals.keySet().stream().map(Arrival::lane).toList());
        return playback.unreached().stream().map(words::sentence).toList();
    }

    /** Whether it follows a part of what an earlier run decided: rules are not held to their word then. */
    public boolean isFollowingPart() {
        return playback != null && !playback.isComplete();
    }

    /** How far each rule got, in the order of the plan. */
    public List<Tally> tallies() {
        return rules.stream().map(ActiveRule::tally).toList();
    }

    /** How many hits this lane had at this site so far. */
    public long seen(Site site, Lane lane) {
        AtomicLong count = arrivals.get(new Arrival(site, lane));
        return count == null ? 0 : count.get();
    }

    /** The sites that were seen, each with its number of hits over all lanes. */
    public SortedMap<Site, Long> seen() {
        SortedMap<Site, Long> sites = new TreeMap<>();
        arrivals.forEach((arrival, count) -> sites.merge(arrival.site, count.get(), Long::sum));
        return sites;
    }

    /** How many lanes arrived at one seam, at most: a rule is about one seam, so only those can meet it in any order. */
    public long lanes() {
        Map<String, Set<Lane>> bySeam = arrivals.keySet().stream()
                .collect(groupingBy(each -> each.site.seam(), mapping(Arrival::lane, toSet())));
        return bySeam.values().stream().mapToLong(Set::size).max().orElse(0);
    }

    private Duration elapsedSince(ActiveRule active) {
        return Duration.ofNanos(nanoClock.getAsLong() - active.since());
    }

    private long number(Site site, Lane lane) {
        Arrival arrival = new Arrival(site, lane);
        AtomicLong counter = arrivals.get(arrival);
        if (counter == null) {
            if (arrivals.size() >= ARRIVALS_MAX) {
                throw new ChaosException("a scope must see at most " + ARRIVALS_MAX + " pairs of site and lane, but "
                        + site + " on lane " + lane + " is one more. Close connections, or end the scope earlier.");
            }
            counter = arrivals.computeIfAbsent(arrival, key -> new AtomicLong());
        }
        return counter.incrementAndGet();
    }

    private int ordinalOf(Rule rule) {
        String text = rule.toString();
        return (int)
                rules.stream().filter(r -> r.rule().toString().equals(text)).count();
    }

    private static <T> List<T> append(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }

    private record Arrival(Site site, Lane lane) {}
}
