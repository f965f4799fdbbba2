// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.explore.Outcome.Result;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One sweep over one test: hands out its rounds and takes what came of them.
 *
 * <p>Two clean rounds come first, and if they are green one round for each variant; a red one is run once more before anything
 * else; last comes the {@linkplain Verdict verdict}. Which round comes next depends on what came of those before.
 *
 * <pre>{@code
 * for (Optional<Turn> turn = sweeping.next(); turn.isPresent(); turn = sweeping.next()) {
 *     sweeping.ended(run(sweeping.begin()));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads, but rounds must come one after the other.
 *
 * @since 0.1
 */
public final class Sweeping {

    private final Budget budget;
    private final Choice choice;
    private final TimeSource time;
    private final Progress progress;
    private final List<Catalogue> catalogues = new CopyOnWriteArrayList<>();
    private final Tallying tallying = new Tallying();
    private final Deque<Variant> queue = new ArrayDeque<>();
    private @Nullable Turn current;
    private @Nullable Outcome latest;
    private @Nullable Recorded clean;
    private @Nullable Recorded cleanAgain;
    private long began;
    private boolean isDry;
    private boolean hasBegun;

    /** @param test its name, for the log */
    public Sweeping(String test, Budget budget, Choice choice, TimeSource time) {
        this.budget = budget;
        this.choice = choice;
        this.time = time;
        this.progress = new Progress(test, time);
    }

    /** Adds what knows about some sites; one of each type, before the end of the first round. */
    public synchronized void consult(Catalogue catalogue) {
        if (catalogues.stream().noneMatch(each -> each.getClass() == catalogue.getClass())) {
            catalogues.add(catalogue);
        }
    }

    /** Has a long sweep say somewhere else than in the log how far it is: a line every ten seconds, as long as rounds end. */
    public synchronized void onProgress(Consumer<String> told) {
        progress.to(told);
    }

    /** Has it try nothing, and say only what it would try. */
    public synchronized void onlyCount() {
        isDry = true;
    }

    /** What knows about sites. */
    public List<Catalogue> catalogues() {
        return catalogues;
    }

    /** Whether a fault can hit what arrives there: not what drivers and pools send by themselves. */
    public boolean isPoint(Site site) {
        return catalogues.stream()
                .map(each -> each.role(site))
                .anyMatch(role -> role == Catalogue.Role.POINT || role == Catalogue.Role.STREAM);
    }

    /** Has the verdict say what limits it; the same more than once is said once. */
    public synchronized void remark(String limit) {
        tallying.remark(limit);
    }

    /**
     * What is to run now; whoever runs it says so by asking.
     *
     * @throws IllegalStateException if no round was handed out
     */
    public synchronized Turn begin() {
        if (current == null) {
            throw new IllegalStateException("a round must be asked for before it begins, but none was.");
        }
        hasBegun = true;
        return current;
    }

    /**
     * The next round; empty when there is none: behind the verdict, and behind a clean round that was not green.
     *
     * @throws ChaosException if a fault was chosen that no catalogue knows, or if the round before was not begun
     */
    public synchronized Optional<Turn> next() {
        if (current != null && !hasBegun) {
            throw new ChaosException(
                    "The rounds of a sweep must all be run, since each depends on those before, but \"" + current.name()
                            + "\" was left out. Run the whole test; to run one round of it, replay its token.");
        }
        if (current != null && latest == null && !(current instanceof Turn.End)) {
            ended(Outcome.unfinished());
        }
        current = current == null ? first() : behind(current);
        latest = null;
        hasBegun = false;
        return Optional.ofNullable(current);
    }

    private Turn first() {
        began = time.nanos();
        return new Turn.Clean(false);
    }

    private @Nullable Turn behind(Turn last) {
        boolean wasRed = latest != null && latest.result() == Result.RED;
        if (last instanceof Turn.Clean round) {
            if (latest == null || latest.result() != Result.GREEN) {
                return null;
            }
            return round.again() ? planned() : new Turn.Clean(true);
        }
        if (last instanceof Turn.Try tried) {
            return wasRed && tried.first().isEmpty()
                    ? new Turn.Try(tried.of(), Optional.ofNullable(latest))
                    : nextTry();
        }
        return null;
    }

    private Turn planned() {
        choice.requireKnown(catalogues);
        Recorded round = clean == null ? new Recorded(List.of(), List.of(), 0) : clean;
        queue.addAll(Variants.of(round, catalogues, choice, tallying.pruned()));
        tallying.planned(round, cleanAgain == null ? round : cleanAgain);
        progress.planned(queue.size());
        return nextTry();
    }

    private Turn nextTry() {
        progress.tell(tallying);
        while (!queue.isEmpty()) {
            String exhausted = exhausted();
            if (exhausted != null) {
                tallying.leftOut(exhausted, queue.size());
                queue.clear();
                break;
            }
            Variant next = queue.remove();
            if (!tallying.prunes(next)) {
                return new Turn.Try(next, Optional.empty());
            }
        }
        return new Turn.End(verdict());
    }

    private @Nullable String exhausted() {
        if (isDry) {
            return "round in a dry run, which injects nothing";
        }
        if (tallying.rounds() >= budget.maxRounds()) {
            return "round beyond maxRounds = " + budget.maxRounds();
        }
        Duration took = took();
        return took.compareTo(budget.maxTime()) >= 0
                ? "round beyond maxTime = " + Progress.print(budget.maxTime())
                : null;
    }

    private Duration took() {
        return Duration.ofNanos(time.nanos() - began);
    }

    /** Takes what arrived in the clean round that runs now. */
    public synchronized void recorded(Recorded round) {
        if (clean == null) {
            clean = round;
        } else {
            cleanAgain = round;
        }
    }

    /** Takes what came of the round that runs now. */
    public synchronized void ended(Outcome outcome) {
        latest = outcome;
        if (current instanceof Turn.Try tried) {
            tallying.ended(tried, outcome, catalogues);
        }
    }

    /** What came of it so far. */
    public synchronized Verdict verdict() {
        return tallying.verdict(choice, took());
    }
}
