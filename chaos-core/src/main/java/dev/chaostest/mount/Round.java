// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Lasting;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One execution with one seed, as the seams see it: the plan that they ask and the ledger that they write.
 *
 * <p>All seams of a scope share one round, so there is one decision path and one ledger. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Round {

    private static final int FINDINGS_MAX = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Plan plan;
    private final TimeSource time;
    private final Ledger ledger;
    private final Decisions decisions;
    private final Parking parking = new Parking();
    private final Answers answers;
    private final Strikes strikes;
    private final Map<String, AtomicLong> lanes = new ConcurrentHashMap<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final @Nullable WouldStrike dryRun;
    private final List<Runnable> adding = new CopyOnWriteArrayList<>();
    private final List<String> findings = new CopyOnWriteArrayList<>();
    private volatile Duration patience = PATIENCE;
    private final LinkPatience linkPatience = new LinkPatience();
    private final Detail nothingElse = () -> null;
    private volatile @Nullable HitListener listener;

    /**
     * Begins a round: writes the plan into a new ledger.
     *
     * @param name what is executed, for messages: the test's name
     * @param plan what is to happen
     * @param time what the ledger, spans of time and waits go by
     */
    public Round(String name, Plan plan, TimeSource time) {
        this(name, plan, time, null);
    }

    private Round(String name, Plan plan, TimeSource time, @Nullable WouldStrike dryRun) {
        this.name = name;
        this.plan = plan;
        this.time = time;
        this.ledger = new Ledger(time::nanos);
        this.decisions = new Decisions(plan, time::nanos);
        plan.rules().forEach(ledger::planned);
        this.dryRun = dryRun;
        this.answers = new Answers(ledger);
        this.strikes = new Strikes(this, dryRun, answers);
    }

    /** Begins a round that decides about every arrival and only counts: nothing strikes. */
    public static Round dryRun(String name, Plan plan, TimeSource time) {
        return new Round(name, plan, time, new WouldStrike());
    }

    /** What would have struck, in a dry run; null in every other round. */
    public @Nullable WouldStrike wouldStrike() {
        return dryRun;
    }

    /** What is executed. */
    public String name() {
        return name;
    }

    /** What is to happen. */
    public Plan plan() {
        return plan;
    }

    /** What its waits and spans of time go by. */
    public TimeSource time() {
        return time;
    }

    /** What happened. */
    public Ledger ledger() {
        return ledger;
    }

    /** What was decided so far. */
    public Decisions decisions() {
        return decisions;
    }

    /** The round is armed somewhere: spans of time begin, the first time. */
    void begin() {
        if (begun.compareAndSet(false, true)) {
            decisions.begin();
        }
    }

    /** Adds a rule while the round runs; the result takes it out again, and frees what it has parked. */
    public Runnable add(Rule rule) {
        // A copy: an equal rule may be added twice, and taking one out must not free what the other has parked.
        Rule own = new Rule(rule.target(), rule.trigger(), rule.fault(), rule.counting(), rule.optional());
        ledger.planned(own);
        Runnable retire = decisions.add(own);
        adding.forEach(Runnable::run);
        return () -> {
            retire.run();
            parking.takeOut(own);
        };
    }

    /**
     * Registers who is told, on the thread that adds it, that there is one more rule: a seam of things that last, which
     * must ask about those that are there already.
     *
     * @return what unregisters it
     */
    public Runnable whenAdded(Runnable watcher) {
        adding.add(watcher);
        return () -> adding.remove(watcher);
    }

    /** Asks the plan about something that stays at these sites, now and whenever there are more rules. */
    public Standing standing(List<Site> sites, Lane lane) {
        return new Standing(this, decisions.lasting(sites, lane));
    }

    List<Pending> ask(Lasting lasting, Detail detail) {
        return parking.isOver() ? List.of() : strikes.pending(decisions.ask(lasting, detail));
    }

    /**
     * Asks the plan about one arrival. If faults strike, they are in the ledger when this returns: the seam must carry
     * them out.
     *
     * @param site where
     * @param lane the lane if the current thread {@linkplain dev.chaostest.plan.Laned is none}
     * @param text what was really asked for, for the ledger
     * @param machinery packages between the code under test and the seam, for the caller's frame
     * @return what to carry out, or null for nothing
     */
    public @Nullable Strike at(Site site, Lane lane, Supplier<String> text, Set<String> machinery) {
        return at(site, lane, nothingElse, text, machinery);
    }

    /** As {@link #at(Site, Lane, Supplier, Set)}, where more is known about the hit than its site. */
    public @Nullable Strike at(Site site, Lane lane, Detail detail, Supplier<String> text, Set<String> machinery) {
        if (parking.isOver()) {
            return null;
        }
        Hit hit = decisions.arrive(site, Lane.currentOr(lane));
        HitListener told = listener;
        if (told != null) {
            told.hit(hit, detail, text, machinery);
        }
        return strikes.of(decisions.about(hit, detail), text, machinery);
    }

    /**
     * Has somebody told of each hit, before it is decided about, from now on; costs nothing while nobody is.
     *
     * @throws IllegalStateException if somebody else is told already
     */
    public synchronized void whenHit(HitListener told) {
        if (listener != null) {
            throw new IllegalStateException("at most one must be told of the hits of a round, but one is already.");
        }
        listener = told;
    }

    /** Whether anybody may want to know of some hits at this seam: a rule, or who is told of hits. */
    public boolean isWanted(String seam) {
        return listener != null || decisions.isAbout(seam);
    }

    /** Whether anybody wants to know of hits at this site: where nobody does, a costly seam need not ask. */
    public boolean isWanted(Site site) {
        HitListener told = listener;
        return (told != null && told.wants(site)) || decisions.isAbout(site);
    }

    /**
     * The next lane of its kind: {@code connection-1}, {@code connection-2} ... A seam asks when the thing first arrives
     * in this round, so the numbers don't depend on what ran before.
     */
    public Lane newLane(String kind) {
        return new Lane(kind + "-"
                + lanes.computeIfAbsent(kind, key -> new AtomicLong()).incrementAndGet());
    }

    /**
     * Registers what frees a parked fault when the round ends; runs at once if it has ended. It runs once at most.
     *
     * @return what unregisters it
     */
    public Runnable whenOver(Runnable release) {
        return parking.park(null, release);
    }

    /** As {@link #whenOver}, and also when the rule that struck is taken out, or was before the fault came to its turn. */
    Runnable park(Rule rule, Runnable release) {
        return parking.park(rule, release);
    }

    /**
     * Ends the round: nothing strikes any more, and what is parked goes on. Twice is harmless.
     *
     * @throws RuntimeException the first failure of what frees a parked fault, after all were freed; others suppressed
     */
    public void end() {
        parking.end();
    }

    /** How long a hang lasts that nothing would end, where the seam can tell; 10 s if nobody has said. */
    public Duration patience() {
        return patience;
    }

    /**
     * Says how long a hang lasts that nothing would end.
     *
     * @param longest positive
     */
    public void patience(Duration longest) {
        if (longest.isZero() || longest.isNegative()) {
            throw new ChaosException("The longest hang must be positive, but was " + longest
                    + ". To have no hang end by itself, give a longer time than the test has.");
        }
        patience = longest;
    }

    /** How long a client of a link waits in vain. */
    public LinkPatience linkPatience() {
        return linkPatience;
    }

    /**
     * Reports something that is wrong whatever the test asserts, which makes it red; the first 100 are kept.
     *
     * @param sentence says what must be, what is, and what to do
     */
    public void found(String sentence) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(sentence);
            ledger.noted("finding: " + sentence);
        }
    }

    /** What is wrong whatever the test asserts, a sentence each. */
    public List<String> findings() {
        return List.copyOf(findings);
    }

    /** Faults that struck, and for which something else came back than planned or nothing at all; one sentence each. */
    public List<String> mismatches() {
        List<String> sentences = new ArrayList<>(answers.mismatches());
        sentences.addAll(strikes.lacking());
        return sentences;
    }

    /** What came back. */
    Answers answers() {
        return answers;
    }

    /**
     * Says that a seam can't see whether what a rule is about arrives. The round is red by it, unless the rule may miss; said
     * once, however often it is called.
     *
     * @param why after "planned was ..., but"
     */
    public void unseen(Rule rule, String why) {
        answers.unseen(rule, why);
    }
}
