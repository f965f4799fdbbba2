// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Hands out what to run next, to find the smallest set of faults with which a run is still red.
 *
 * <p>Looks first whether it is red without any; then drops faults by delta debugging (halves, then quarters, and what is
 * left without each of them), where a {@link Shift} says so also with the others moved up; then changes those that stay, one after the other, as the {@link Change}s say, in their
 * order. What it knows already is not run again.
 *
 * <pre>{@code
 * Shrinker<FiredAt> shrinker = new Shrinker<>(fired, List.of(shorter, earlier), Effort.ofDefaults(), System::nanoTime);
 * for (var next = shrinker.next(); next.isPresent(); next = shrinker.next()) {
 *     shrinker.ran(isRedWith(next.get()));
 * }
 * }</pre>
 *
 * <p>For use by one thread at a time.
 *
 * @param <F> what stands for a fault; its {@code equals} says whether two are the same
 * @since 0.1
 */
public final class Shrinker<F> {

    private final int before;
    private final Effort effort;
    private final LongSupplier nanoClock;
    private final long began;
    private final Search<F> search;
    private int runs;
    private int red;
    private int green;
    private Optional<List<F>> running = Optional.empty();

    /**
     * @param faults those of a run that was red, in order
     * @param changes what makes one of them simpler
     * @param effort how much to do
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public Shrinker(List<F> faults, List<Change<F>> changes, Effort effort, LongSupplier nanoClock) {
        this(faults, (before, kept) -> List.of(), changes, effort, nanoClock);
    }

    /**
     * As the other, for faults whose places depend on each other.
     *
     * @param shift where those that are kept would strike
     */
    public Shrinker(List<F> faults, Shift<F> shift, List<Change<F>> changes, Effort effort, LongSupplier nanoClock) {
        this.before = faults.size();
        this.effort = effort;
        this.nanoClock = nanoClock;
        this.began = nanoClock.getAsLong();
        this.search = new Search<>(faults, shift, changes);
    }

    /**
     * What to run with next; empty when nothing is left to try, or the effort is spent.
     *
     * @throws IllegalStateException if the last one was not told about yet
     */
    public Optional<List<F>> next() {
        if (running.isPresent()) {
            throw new IllegalStateException("what ran must be told before the next is asked for. Call ran().");
        }
        running = isSpent() ? Optional.empty() : search.candidate();
        return running;
    }

    /**
     * Takes what came of the last run.
     *
     * @param wasRed whether it was red in the same way as at first; red in another way counts as green
     */
    public void ran(boolean wasRed) {
        if (running.isEmpty()) {
            throw new IllegalStateException("what is told must have been asked for. Call next() first.");
        }
        running = Optional.empty();
        runs++;
        red += wasRed ? 1 : 0;
        green += wasRed ? 0 : 1;
        boolean isRed = red >= effort.red();
        if (isRed || green > effort.of() - effort.red()) {
            search.told(isRed);
            red = 0;
            green = 0;
        }
    }

    /** What it has come to so far. */
    public Shrunk<F> result() {
        return new Shrunk<>(
                before, search.best(), runs, isSpent() && search.candidate().isPresent());
    }

    private boolean isSpent() {
        return runs >= effort.maxRuns() || elapsed().compareTo(effort.maxTime()) >= 0;
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanoClock.getAsLong() - began);
    }
}
