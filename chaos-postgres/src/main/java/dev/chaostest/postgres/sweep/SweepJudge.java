// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.Recorded;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Turn;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.sweep.internal.Course;
import dev.chaostest.postgres.sweep.internal.Image;
import dev.chaostest.postgres.sweep.internal.Shape;
import dev.chaostest.postgres.sweep.internal.StateOracle;
import dev.chaostest.postgres.sweep.internal.WriteTransactions;
import dev.chaostest.postgres.wire.Refused;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Judges what each round of a sweep has left in the database: the state of the tables, what its sessions hold, statements in
 * failed transactions, and what the test has promised by its {@link Sweep}.
 *
 * <p>The first two rounds, without faults, say what the test changes and what of it differs from run to run.
 *
 * <p>For one thread at a time.
 *
 * @since 0.1
 */
public final class SweepJudge implements RoundOracle, AutoCloseable {

    private static final int REFUSED_MAX = 100;
    private static final int COLUMNS_SHOWN = 5;

    private final Clock clock;
    private final Promises promises;
    private final Sweep sweep;
    private final StateOracle state = new StateOracle();
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    private final Set<String> refusedAnyway = new HashSet<>();
    private SweptSpace space;
    private AutoCloseable watch;
    private Optional<Image> before = Optional.empty();
    private Instant begun;
    private int writeTransactions;

    /**
     * Judges the rounds of a space, from the first one on.
     *
     * @param clock tells which values are the time of a round
     */
    public SweepJudge(SweptSpace space, Clock clock) {
        this.clock = clock;
        this.begun = clock.instant();
        this.space = space;
        this.promises = new Promises(space.desk(), columns(space.shape()));
        this.sweep = new Sweep(promises);
        this.watch = space.wire().onRefused(this::refused);
    }

    private static Set<String> columns(Shape shape) {
        return shape.tables().stream().flatMap(table -> table.names().stream()).collect(Collectors.toSet());
    }

    /** What the test gets as its parameter; the same in each round. */
    public Sweep sweep() {
        return sweep;
    }

    /** Goes on with another space, made like the one before. */
    public void moveTo(SweptSpace other) {
        close();
        space = other;
        promises.move(other.desk(), columns(other.shape()));
        watch = other.wire().onRefused(this::refused);
    }

    private void refused(Refused statement) {
        if (refused.size() < REFUSED_MAX) {
            refused.add(statement);
        }
    }

    /** Whether the test says that it may end with this. */
    public boolean isAccepted(Throwable thrown) {
        return promises.isAccepted(thrown);
    }

    /** What the clean round did, in which order: whether it writes in one transaction. */
    public void recorded(Recorded round) {
        writeTransactions = WriteTransactions.count(round);
    }

    @Override
    public void begins(Turn turn) {
        refused.clear();
        promises.begin(turn instanceof Turn.Clean);
        begun = clock.instant();
        before = space.look();
        space.methodBegins();
    }

    @Override
    public Judgement judge(Ended round) {
        List<String> wrong = new ArrayList<>(space.left());
        wrong.addAll(workedOn(round));
        Optional<Image> now = space.look();
        Optional<Course> course = before.flatMap(old -> now.map(image -> Course.of(space.shape(), old, image)));
        List<String> told = new ArrayList<>();
        if (round.turn() instanceof Turn.Clean clean) {
            learn(clean, course);
        } else {
            wrong.addAll(compared(course, round));
            notCompared().ifPresent(why -> told.add("state    : not compared, since " + why));
        }
        wrong.addAll(promises.broken());
        return new Judgement(wrong, told);
    }

    private Optional<String> notCompared() {
        return space.whyNot().or(state::whyNot);
    }

    /** What a test does without faults, too, it means. */
    private List<String> workedOn(Ended round) {
        if (round.isClean()) {
            refused.forEach(each -> refusedAnyway.add(each.statement()));
            return List.of();
        }
        return refused.stream()
                .filter(each -> !refusedAnyway.contains(each.statement()))
                .map(each -> "25P02    : " + each + " was sent though its transaction had failed; roll back first")
                .distinct()
                .toList();
    }

    private void learn(Turn.Clean round, Optional<Course> course) {
        if (!round.again()) {
            state.clean(course, begun);
            return;
        }
        state.cleanAgain(course, clock.instant(), promises.ignored());
        if (promises.isAllOrNothing() && state.whyNot().isPresent()) {
            throw new ChaosException(
                    "allOrNothing() must have rounds without faults that change the same, but "
                            + state.whyNot().get()
                            + ". Use ignoring(...) for columns that may differ, and leave tables out of the test that it need not change.");
        }
    }

    private List<String> compared(Optional<Course> course, Ended round) {
        boolean whole = promises.isAllOrNothing() || writeTransactions == 1;
        return course.map(it -> state.judge(it, round.hasReturned(), whole))
                .orElseGet(() -> state.judgeRedefined(round.hasReturned(), whole));
    }

    @Override
    public List<String> limits() {
        return notCompared()
                .map(why -> List.of("tables were not compared, since " + why))
                .orElseGet(this::withoutColumns);
    }

    /** What others should put back, and nobody does, is another value before each round. */
    private List<String> withoutColumns() {
        Set<String> columns = state.unsteady().set();
        return columns.isEmpty() || !space.isOnlyWatched()
                ? List.of()
                : List.of("tables were compared without "
                        + columns.stream().sorted().limit(COLUMNS_SHOWN).collect(Collectors.joining(", "))
                        + (columns.size() > COLUMNS_SHOWN ? " ..." : "")
                        + ", which no round finds as the one before did; put the data back in @BeforeEach");
    }

    /** Watches no more. Twice is harmless. */
    @Override
    public void close() {
        try {
            watch.close();
        } catch (Exception e) {
            throw new ChaosException("A watch must end, but failed. See the cause.", e);
        }
    }

    @Override
    public String toString() {
        return "judge of " + space;
    }
}
