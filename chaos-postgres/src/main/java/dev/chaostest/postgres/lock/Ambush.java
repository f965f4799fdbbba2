// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/** Our side of one deadlock with the code under test, and the thread that plays it while the code runs. */
final class Ambush implements AutoCloseable {

    private static final Duration LATE = Duration.ofSeconds(10);

    private final Crew crew;
    private final LockSession session;
    private final DetectionTimes times;
    private final Counterpart ours;
    private final FutureTask<DeadlockOutcome> playing;
    private final boolean codeIsVictim;
    private boolean isOver;

    Ambush(Crew crew, LockOrder order, boolean codeIsVictim, DetectionTimes times) {
        this.crew = crew;
        this.times = times;
        this.codeIsVictim = codeIsVictim;
        this.session = crew.next("our side of a deadlock", !codeIsVictim);
        this.ours = new Counterpart(new Player(0, session, order), codeIsVictim, crew.probe(), times);
        this.playing = new FutureTask<>(ours);
    }

    /** Runs the code on this thread. What it throws comes first; what went wrong with our side is suppressed then. */
    <X extends Exception> DeadlockOutcome run(Deadlocks.Work<X> code) throws X {
        ours.begin();
        Thread thread = new Thread(playing, "chaos-deadlock-" + session.pid());
        thread.setDaemon(true);
        thread.start();
        try {
            code.run();
        } catch (Throwable thrown) {
            ours.codeIsDone(thrown);
            try {
                outcome();
            } catch (RuntimeException alsoOurs) {
                thrown.addSuppressed(alsoOurs);
            }
            throw thrown;
        }
        ours.codeIsDone(null);
        return outcome();
    }

    private DeadlockOutcome outcome() {
        boolean interrupted = Thread.interrupted(); // the code's; nothing is waited for long any more
        try {
            DeadlockOutcome outcome =
                    LockSession.await(playing, Deadline.in(times.fence().plus(LATE)));
            isOver = true;
            return outcome;
        } catch (SQLException e) {
            throw LockChecks.unanswered(e);
        } catch (TimeoutException e) {
            throw new ChaosException(
                    "Our side of a deadlock must end with the code under test, but did not. Report this.", e);
        } catch (InterruptedException e) {
            interrupted = true;
            throw new ChaosException(
                    "The end of a deadlock must not be interrupted, but was. Its locks are let go of.", e);
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        if (isOver) {
            crew.giveBack(session, !codeIsVictim);
        } else {
            crew.discard(session);
        }
    }
}
