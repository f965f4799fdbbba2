// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.Reportable;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of one round at the moment in which it fails, before anything is healed or closed. Kept in memory: whether the
 * test is red is known later.
 *
 * <p>Never throws, and takes five seconds at most. Safe for use by many threads: a test and the one that watches it may fail
 * together.
 */
public final class Evidence {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Supplier<ChaosScope> scope;
    private final Duration deadline;
    private final List<Witness> witnesses = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Taken taken;

    /** @param scope the round's */
    public Evidence(Supplier<ChaosScope> scope) {
        this(scope, DEADLINE);
    }

    Evidence(Supplier<ChaosScope> scope, Duration deadline) {
        this.scope = scope;
        this.deadline = deadline;
    }

    /** Has a witness asked, too. */
    public void call(Witness witness) {
        witnesses.add(witness);
    }

    /** Those who are asked. */
    public List<Witness> witnesses() {
        return List.copyOf(witnesses);
    }

    /**
     * Takes it. Only the first failure counts, but a time-out always: it must end what hangs.
     *
     * @param tested the thread that runs the test
     */
    public void take(Occasion occasion, Thread tested) {
        lock.lock();
        try {
            if (taken == null || occasion == Occasion.TIMED_OUT) {
                taken = takeNow(occasion, tested);
            }
        } finally {
            lock.unlock();
        }
    }

    private Taken takeNow(Occasion occasion, Thread tested) {
        Instant at = Instant.now();
        ChaosScope now = scope.get();
        List<Inquiry> inquiries = Stream.concat(
                        witnesses.stream()
                                .map(witness -> Inquiry.begin(witness.name(), () -> witness.testify(occasion))),
                        now.reportables().stream().map(Evidence::beginReport))
                .toList();
        int entries = now.ledger().entries().size();
        List<Tally> tallies = now.round().decisions().tallies();
        SortedMap<Site, Long> seen = now.round().decisions().seen();
        List<String> threads = ThreadDump.lines(tested);
        List<Section> said = new ArrayList<>();
        inquiries.forEach(inquiry -> said.addAll(inquiry.await(deadline)));
        return new Taken(occasion, at, entries, tallies, seen, threads, said);
    }

    /** The title, too, is asked for there: it is somebody else's code. */
    private static Inquiry beginReport(Reportable reportable) {
        return Inquiry.begin(
                reportable.getClass().getSimpleName(),
                () -> List.of(new Section(reportable.title(), reportable.lines(), reportable.svg())));
    }

    /** Has the witnesses look before what the test waits for gives up by itself. */
    public void lookAhead() {
        witnesses.stream()
                .map(witness -> Inquiry.begin(witness.name(), () -> {
                    witness.lookAhead();
                    return List.of();
                }))
                .toList()
                .forEach(inquiry -> inquiry.await(deadline));
    }

    /** What was taken, if anything was. */
    public @Nullable Taken taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets it: the round did not fail after all. A time-out stays, since no test that was late becomes green again. */
    public void discard() {
        lock.lock();
        try {
            if (taken != null && taken.occasion() == Occasion.FAILED) {
                taken = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was seen.
     *
     * @param occasion why
     * @param at when
     * @param entries how many entries the ledger had
     * @param tallies how far each rule had got
     * @param seen the sites, with their hits
     * @param threads all threads of this JVM
     * @param said what the witnesses said
     */
    public record Taken(
            Occasion occasion,
            Instant at,
            int entries,
            List<Tally> tallies,
            SortedMap<Site, Long> seen,
            List<String> threads,
            List<Section> said) {}
}
