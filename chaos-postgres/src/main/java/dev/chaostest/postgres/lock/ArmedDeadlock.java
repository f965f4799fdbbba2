// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.Injection;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockProbe;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A deadlock in which each session holds its first lock, and has yet to ask for its second.
 *
 * <pre>{@code
 * try (ArmedDeadlock armed = deadlocks.arm(Deadlock.between(one, other))) {
 *     DeadlockOutcome outcome = armed.fire();
 * }
 * }</pre>
 *
 * <p>For use by one thread; {@link #close} by any.
 *
 * @since 0.1
 */
public final class ArmedDeadlock implements Injection {

    private static final Duration LATE = Duration.ofSeconds(5);

    private final Deadlock deadlock;
    private final List<Player> players;
    private final LockProbe probe;
    private final DetectionTimes times;
    private final Ledger ledger;
    private final Crew crew;
    private final LedgerEntry.Commanded commanded;
    private final AtomicBoolean active = new AtomicBoolean(true);
    private boolean fired;

    ArmedDeadlock(Deadlock deadlock, List<Player> players, Crew crew, DetectionTimes times, Ledger ledger) {
        this.deadlock = deadlock;
        this.players = players;
        this.crew = crew;
        this.probe = crew.probe();
        this.times = times;
        this.ledger = ledger;
        this.commanded = ledger.commanded(deadlock.toString(), deadlock.reach());
    }

    /** Has each session take its first lock. */
    void arm() {
        try {
            for (Player player : players) {
                begin(player);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void begin(Player player) {
        LockRequest first = player.order().first();
        Future<Boolean> begun = player.begin(times.of(isVictim(player)));
        new Taking(player.session(), first, probe, times.within()).await(begun);
    }

    private boolean isVictim(Player player) {
        return player.index() == deadlock.victim();
    }

    /** The process ids of its sessions, in their order. */
    public List<Integer> pids() {
        return players.stream().map(player -> player.session().pid()).toList();
    }

    /**
     * Closes the circle, and waits until the server has ended it.
     *
     * @return who was the victim: the chosen one, where the role may set {@code deadlock_timeout}
     * @throws ChaosException if it ended otherwise, because a session was killed, say; if it was fired or closed before; if
     *     the caller is interrupted
     */
    public DeadlockOutcome fire() {
        if (fired || !active.get()) {
            throw new ChaosException(
                    deadlock + " must be fired once and before it is closed, but was already. Arm it again.");
        }
        fired = true;
        try {
            DeadlockOutcome outcome = outcome(ask());
            requireGone();
            return over(outcome);
        } catch (SQLException e) {
            throw active.get() ? LockChecks.unanswered(e) : closed(e);
        } catch (ChaosException e) {
            throw active.get() ? e : closed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException(
                    "The wait for the end of " + deadlock + " must not be interrupted, but was. "
                            + "It was given up, and its locks are free.",
                    e);
        } finally {
            close();
        }
    }

    private DeadlockOutcome over(DeadlockOutcome outcome) {
        if (!active.compareAndSet(true, false)) {
            throw closed(null);
        }
        ledger.healed(commanded, outcome.toString());
        players.forEach(player -> crew.giveBack(player.session(), isVictim(player)));
        return outcome;
    }

    /** Whatever came of it then is no answer of the server's. */
    private ChaosException closed(@Nullable Exception why) {
        return new ChaosException(
                deadlock
                        + " must be closed after it was fired, but was before it had ended. Wait for fire() to return.",
                why);
    }

    /** Who asks last closes the circle; answers when that was. */
    private long ask() throws SQLException {
        List<Player> order = new ArrayList<>(players);
        Player victim = order.remove(deadlock.victim());
        order.add(times.settable() ? order.size() : 0, victim);
        Player last = order.get(order.size() - 1);
        long asked = System.nanoTime();
        for (Player player : order) {
            asked = System.nanoTime();
            player.ask();
            if (player != last) {
                awaitBlocked(player);
            }
            if (player == victim && !times.settable()) {
                awaitHeadStart(player);
            }
        }
        return asked;
    }

    private void awaitBlocked(Player player) throws SQLException {
        List<Integer> pid = List.of(player.session().pid());
        probe.await(
                () -> player.isAnswered() || !probe.blocked(pid).isEmpty(), done -> done, Deadline.in(times.within()));
    }

    private void awaitHeadStart(Player player) throws SQLException {
        int pid = player.session().pid();
        probe.await(
                () -> player.isAnswered() || probe.hasWaited(pid, times.headStart()),
                done -> done,
                Deadline.in(times.fence()));
    }

    private DeadlockOutcome outcome(long closed) throws SQLException, InterruptedException {
        Deadline deadline = Deadline.in(times.fence().plus(LATE));
        List<Participant> all = new ArrayList<>();
        long detected = closed;
        for (Player player : players) {
            try {
                Player.Answer answer = player.answer(deadline);
                all.add(player.participant(answer));
                detected = answer.sqlState().isPresent() ? answer.at() : detected;
            } catch (TimeoutException late) {
                throw otherwise(player.session() + " has no answer after " + Durations.print(deadline.length()));
            }
        }
        List<Participant> failed =
                all.stream().filter(each -> each.sqlState().isPresent()).toList();
        if (failed.size() != 1
                || !failed.get(0).sqlState().filter("40P01"::equals).isPresent()) {
            throw otherwise(all.stream().map(Participant::toString).collect(Collectors.joining(", ")));
        }
        List<Participant> survivors = new ArrayList<>(all);
        survivors.removeAll(failed);
        return new DeadlockOutcome(failed.get(0), survivors, Duration.ofNanos(detected - closed));
    }

    private ChaosException otherwise(String found) {
        return new ChaosException(
                deadlock + " must end with 40P01 for one of them, but ended otherwise: " + found
                        + ". Use locks that conflict and that nobody else asks for, and leave its sessions alone. All are let go of.");
    }

    private void requireGone() throws SQLException {
        long left = probe.countLocks(pids());
        if (left > 0) {
            throw new ChaosException("No lock must be left of " + deadlock + ", but the server shows " + left
                    + " of pid " + pids() + ". Report this.");
        }
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    /** Lets go of everything, whatever state the sessions are in. Twice is harmless. */
    @Override
    public void close() {
        if (!active.compareAndSet(true, false)) {
            return;
        }
        players.forEach(player -> crew.discard(player.session()));
        ledger.healed(commanded, "given up, and let go of everything");
    }

    @Override
    public String toString() {
        return (isActive() ? "armed: " : "over: ") + deadlock;
    }
}
