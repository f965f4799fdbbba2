// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockProbe;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Our side of a deadlock with the code under test: holds the first lock, waits until the code is blocked by it, and asks for
 * the second then. Runs on a thread of its own, while the code runs on the caller's.
 */
final class Counterpart implements Callable<DeadlockOutcome> {

    static final String DEADLOCK = "40P01";
    private static final Duration LATE = Duration.ofSeconds(5);

    private final Player ours;
    private final boolean codeIsVictim;
    private final LockProbe probe;
    private final DetectionTimes times;
    private volatile boolean codeIsDone;
    private volatile @Nullable Throwable thrown;

    Counterpart(Player ours, boolean codeIsVictim, LockProbe probe, DetectionTimes times) {
        this.ours = ours;
        this.codeIsVictim = codeIsVictim;
        this.probe = probe;
        this.times = times;
    }

    /** Takes the first lock. */
    void begin() {
        new Taking(ours.session(), ours.order().first(), probe, times.within())
                .await(ours.begin(times.of(!codeIsVictim)));
    }

    /** The code has come to its end, by this exception or without: it blocks nobody any more. */
    void codeIsDone(@Nullable Throwable by) {
        thrown = by;
        codeIsDone = true;
    }

    /** Whatever goes wrong, the code must not wait for us any longer. */
    @Override
    public DeadlockOutcome call() throws SQLException, TimeoutException, InterruptedException {
        try {
            return cross(awaitCode());
        } catch (SQLException | RuntimeException | TimeoutException | InterruptedException e) {
            stopAfter(e);
            throw e;
        }
    }

    private void stopAfter(Exception first) {
        try {
            ours.stop();
        } catch (SQLException e) { // it was killed, and holds nothing any more
            first.addSuppressed(e);
        }
    }

    private DeadlockOutcome cross(List<Integer> waiting) throws SQLException, TimeoutException, InterruptedException {
        if (codeIsVictim && !times.settable()) {
            int code = waiting.get(0);
            probe.await(
                    () -> codeIsDone || probe.hasWaited(code, times.headStart()),
                    done -> done,
                    Deadline.in(times.fence()));
        }
        long closed = System.nanoTime();
        ours.ask();
        boolean crossed = isBlockedBy(waiting);
        Player.Answer answer = ours.answer(Deadline.in(times.fence().plus(LATE)));
        return outcome(waiting.get(0), crossed, answer, Duration.ofNanos(answer.at() - closed));
    }

    private List<Integer> awaitCode() throws SQLException {
        int pid = ours.session().pid();
        LockRequest first = ours.order().first();
        List<Integer> waiting = probe.await(
                        () -> probe.waitersOf(pid),
                        waiters -> codeIsDone || !waiters.isEmpty(),
                        Deadline.in(times.within()))
                .orElse(List.of());
        if (waiting.isEmpty()) {
            throw new ChaosException("The code under test must wait for " + first + ", but did not "
                    + (codeIsDone ? "before it came to its end" : "within " + Durations.print(times.within()))
                    + ". Name a lock that it takes second.");
        }
        return waiting;
    }

    /** Whether the circle was seen: the code blocks us, too. Our own failure tells as much. */
    private boolean isBlockedBy(List<Integer> code) throws SQLException {
        int pid = ours.session().pid();
        boolean[] seen = new boolean[1];
        probe.await(
                () -> {
                    seen[0] |= probe.blockersOf(pid).stream().anyMatch(code::contains);
                    return seen[0] || ours.isAnswered();
                },
                done -> done,
                Deadline.in(times.fence()));
        return seen[0];
    }

    private DeadlockOutcome outcome(int code, boolean crossed, Player.Answer answer, Duration after) {
        Participant us = ours.participant(answer);
        Optional<String> state = answer.sqlState();
        if (state.isEmpty() && !crossed) {
            throw new ChaosException(
                    "The code under test must hold " + ours.order().then() + " when it waits for "
                            + ours.order().first() + ", but does not. Name a lock that it takes first.");
        }
        if (state.isEmpty()) {
            return mustBe(new DeadlockOutcome(new Participant(1, code, codeFailure()), List.of(us), after), 1);
        }
        if (!state.get().equals(DEADLOCK)) {
            throw new ChaosException("A deadlock must end with " + DEADLOCK + ", but our side ended with " + state.get()
                    + ". Leave its session alone, and give the code under test neither shorter time-outs than ours nor a "
                    + "deadlock_timeout below 100ms.");
        }
        return mustBe(new DeadlockOutcome(us, List.of(new Participant(1, code, Optional.empty())), after), 0);
    }

    /** What the code gave up with, if it has told already; it may have handled that, and most probably does just now. */
    private Optional<String> codeFailure() {
        Throwable told = thrown;
        return Optional.of(Optional.ofNullable(told)
                .flatMap(SqlFailure::of)
                .flatMap(SqlFailure::state)
                .map(SqlState::code)
                .orElse(DEADLOCK));
    }

    private DeadlockOutcome mustBe(DeadlockOutcome outcome, int wished) {
        if (outcome.victim().session() != wished || codeIsVictim != (wished == 1)) {
            throw new ChaosException("The victim must be " + (codeIsVictim ? "the code under test" : "our session")
                    + ", but the deadlock ended otherwise: " + outcome
                    + ". Give the code's sessions no other deadlock_timeout than the server's.");
        }
        return outcome;
    }
}
