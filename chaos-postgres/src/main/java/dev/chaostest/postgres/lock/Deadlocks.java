// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Makes real deadlocks: between sessions of our own, or with the code under test as victim or survivor.
 *
 * <p>The victim gets 40P01 from the server's own deadlock detector. A role that may set {@code deadlock_timeout} (a superuser,
 * or after {@code GRANT SET ON PARAMETER deadlock_timeout TO ...}) chooses it for certain, and one takes 2 or 3 ms. For other
 * roles it takes as long as the server's {@code deadlock_timeout}, 1 s by default, and the victim is the chosen one unless the
 * machine stands still for half of that time; our own deadlocks are tried up to five times then.
 *
 * <p>Nothing can hang: every wait has a {@code lock_timeout}, every transaction an {@code idle_in_transaction_session_timeout},
 * and locks end with their transactions. An interrupt, a killed session and the end of the scope let go of everything. The waits
 * go by real time, also in a scope with virtual time.
 *
 * <pre>{@code
 * Deadlocks deadlocks = Deadlocks.of(scope, bank);
 * LockOrder ours = LockOrder.first(LockRequest.row("account", "id", 2)).then(LockRequest.row("account", "id", 1));
 * deadlocks.withVictim(ours, () -> service.transfer(1, 2, 100)); // locks 1, waits for 2: gets 40P01
 * }</pre>
 *
 * <p>Safe for use by many threads. Works on PostgreSQL 15 to 18.
 *
 * @since 0.1
 */
public final class Deadlocks {

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;
    private static final int STORM_MAX = 50;

    private final ChaosScope scope;
    private final Crew crew;
    private final Duration within;

    private Deadlocks(ChaosScope scope, Crew crew, Duration within) {
        this.scope = scope;
        this.crew = crew;
        this.within = within;
    }

    /**
     * Deadlocks of one scope, whose end lets go of everything.
     *
     * @param source connects to the database past all seams; best one that connects anew each time: the sessions are kept until
     *     the scope ends. Tables without a schema are looked for on its search_path
     */
    public static Deadlocks of(ChaosScope scope, DataSource source) {
        return new Deadlocks(scope, scope.own("the sessions of deadlocks", new Crew(source)), WITHIN);
    }

    /**
     * The same with another deadline for each wait; 10 s otherwise.
     *
     * @param deadline at least 1 ms
     * @throws ChaosException if it is shorter
     */
    public Deadlocks within(Duration deadline) {
        return new Deadlocks(scope, crew, Locks.required(deadline));
    }

    /** What the code under test does. */
    @FunctionalInterface
    public interface Work<X extends Exception> {
        /** Does it. */
        void run() throws X;
    }

    /**
     * Makes a deadlock of sessions of our own.
     *
     * @return how it ended; the victim is the chosen one. In a dry run nothing is done, and process ids are 0
     * @throws ChaosException if a lock can't be taken, if it ended otherwise, because a session was killed, say, or if the
     *     caller is interrupted
     */
    public DeadlockOutcome provoke(Deadlock deadlock) {
        scope.requireFaultsAllowed();
        if (isDryRun(deadlock)) {
            return notPlayed(deadlock);
        }
        for (int attempt = 1; ; attempt++) {
            DeadlockOutcome outcome = armed(deadlock).fire();
            if (outcome.victim().session() == deadlock.victim()) {
                return outcome;
            }
            if (attempt == ATTEMPTS) {
                throw new ChaosException("The victim must be session " + deadlock.victim() + ", but after " + ATTEMPTS
                        + " attempts it still was another: " + outcome + ". Have a superuser GRANT SET ON PARAMETER "
                        + "deadlock_timeout to this role, or try on a machine with less load.");
            }
        }
    }

    /**
     * Makes a deadlock whose circle is still open: each session holds its first lock.
     *
     * @return closes the circle, or lets go of everything
     * @throws ChaosException if a lock can't be taken, or in a dry run
     */
    public ArmedDeadlock arm(Deadlock deadlock) {
        scope.requireFaultsAllowed();
        if (isDryRun(deadlock)) {
            throw new ChaosException("A deadlock must not be armed in a dry run, but " + deadlock
                    + " was to be. Use provoke, which does nothing then.");
        }
        return scope.own(deadlock.toString(), armed(deadlock));
    }

    private ArmedDeadlock armed(Deadlock deadlock) {
        DetectionTimes times = times();
        List<Player> players = players(deadlock);
        ArmedDeadlock armed = new ArmedDeadlock(deadlock, players, crew, times, scope.ledger());
        armed.arm();
        return armed;
    }

    /** All of them or none: where the server has no place for the last, the others must not wait until the scope ends. */
    private List<Player> players(Deadlock deadlock) {
        List<Player> players = new ArrayList<>();
        try {
            for (LockOrder order : deadlock.sessions()) {
                boolean isVictim = players.size() == deadlock.victim();
                players.add(new Player(players.size(), crew.next(deadlock.toString(), isVictim), order));
            }
            return players;
        } catch (RuntimeException e) {
            players.forEach(player -> crew.discard(player.session()));
            throw e;
        }
    }

    /**
     * Makes so many deadlocks of two sessions at the same time, over advisory keys that nobody else uses.
     *
     * @param pairs from 1 to {@value #STORM_MAX}
     * @return how each ended
     * @throws ChaosException as {@link #storm(List)}
     */
    public List<DeadlockOutcome> storm(int pairs) {
        return storm(IntStream.range(0, pairs)
                .mapToObj(i -> Deadlock.between(StormKeys.of(2 * i), StormKeys.of(2 * i + 1)))
                .toList());
    }

    /**
     * Makes several deadlocks at the same time: all are armed first, then fired at once.
     *
     * @param deadlocks from 1 to {@value #STORM_MAX}, which have no lock in common
     * @return how each ended, in their order
     * @throws ChaosException if there are too many, or as {@link #provoke}; all are over then
     */
    public List<DeadlockOutcome> storm(List<Deadlock> deadlocks) {
        if (deadlocks.isEmpty() || deadlocks.size() > STORM_MAX) {
            throw new ChaosException("A storm must have from 1 to " + STORM_MAX + " deadlocks, but was to have "
                    + deadlocks.size() + ". Repeat a smaller one.");
        }
        scope.requireFaultsAllowed();
        if (deadlocks.stream().filter(this::isDryRun).count() > 0) {
            return deadlocks.stream().map(Deadlocks::notPlayed).toList();
        }
        return Storm.of(deadlocks, this::armed);
    }

    /**
     * Runs code which becomes the victim of a deadlock with a session of ours: one of its statements fails with 40P01. Whatever
     * it does then, such as a retry, finds all locks free.
     *
     * @param ours the opposite order of the code's: first the lock that it takes second
     * @param code holds our second lock when it asks for our first; runs on this thread. It fails when it has waited for its
     *     {@code deadlock_timeout}, 1 s by default; one of a few milliseconds leaves us no time to ask. A shorter
     *     {@code lock_timeout} or {@code statement_timeout} of its own comes first (55P03, 57014): where the code handles that by
     *     itself, the outcome says 40P01 all the same, since the server does not tell
     * @throws X what the code throws
     * @throws ChaosException if our first lock is held by somebody else; or, unless the code throws, if the code never waited for
     *     it, did not hold the second, or was not the victim
     */
    public <X extends Exception> DeadlockOutcome withVictim(LockOrder ours, Work<X> code) throws X {
        return around(ours, true, code);
    }

    /**
     * Runs code which survives a deadlock with a session of ours: it waits a moment, and goes on.
     *
     * @param ours the opposite order of the code's: first the lock that it takes second
     * @param code as for {@link #withVictim}
     * @throws X what the code throws
     * @throws ChaosException as for {@link #withVictim}; and if the role may not set {@code deadlock_timeout}: our session can't be
     *     made to look first then
     */
    public <X extends Exception> DeadlockOutcome withSurvivor(LockOrder ours, Work<X> code) throws X {
        return around(ours, false, code);
    }

    private <X extends Exception> DeadlockOutcome around(LockOrder ours, boolean codeIsVictim, Work<X> code) throws X {
        scope.requireFaultsAllowed();
        Deadlock deadlock = new Deadlock(List.of(ours, ours.reversed()), codeIsVictim ? 1 : 0);
        if (isDryRun(deadlock)) {
            code.run();
            return notPlayed(deadlock);
        }
        DetectionTimes times = times();
        if (!codeIsVictim && !times.settable()) {
            throw new ChaosException(
                    "The role must be allowed to set deadlock_timeout for the code under test to survive, "
                            + "but may not. Have a superuser GRANT SET ON PARAMETER deadlock_timeout to it.");
        }
        LedgerEntry.Commanded commanded = scope.ledger()
                .commanded(
                        "deadlock with the code under test as " + (codeIsVictim ? "victim" : "survivor") + " (" + ours
                                + ")",
                        deadlock.reach());
        try (Ambush ambush = new Ambush(crew, ours, codeIsVictim, times)) {
            DeadlockOutcome outcome = ambush.run(code);
            scope.ledger().noted("deadlock: " + outcome);
            return outcome;
        } finally {
            scope.ledger().healed(commanded, "let go of everything");
        }
    }

    private boolean isDryRun(Deadlock deadlock) {
        boolean dry = scope.dryRun().isPresent();
        if (dry) {
            scope.ledger().noted("dry run: would have made a " + deadlock);
        }
        return dry;
    }

    private static DeadlockOutcome notPlayed(Deadlock deadlock) {
        List<Participant> all = new ArrayList<>();
        for (int i = 0; i < deadlock.sessions().size(); i++) {
            all.add(new Participant(i, 0, Optional.empty()));
        }
        Participant victim = all.remove(deadlock.victim());
        return new DeadlockOutcome(victim, all, Duration.ZERO);
    }

    private DetectionTimes times() {
        try {
            return crew.times(within);
        } catch (SQLException e) {
            throw LockChecks.unanswered(e);
        }
    }

    @Override
    public String toString() {
        return "deadlocks within " + Durations.print(within);
    }
}
