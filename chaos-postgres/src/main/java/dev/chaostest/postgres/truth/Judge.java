// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.postgres.truth.Inquiry.Backend;
import dev.chaostest.postgres.truth.Inquiry.Life;
import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.TransactionEnd.Answer;
import dev.chaostest.postgres.wire.TransactionEnd.How;
import dev.chaostest.postgres.wire.TransactionEnd.Identity;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Finds out what became of a transaction: asks until nobody works on it any more. */
final class Judge {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How a server answers that has not given out that number yet. */
    private static final String IN_THE_FUTURE = "22023";

    private static final String NEVER_KNOWN =
            "its connection ended before the server had said its number, and its backend before it could be asked";
    private static final String GIVEN_AGAIN =
            "the server was started again since, or another one answers: its number may be another transaction's now";
    private static final String PARTS =
            "the last part of it is not committed; what it committed by itself before that, nobody can say";
    private static final Pattern NOTIFIES = Pattern.compile("(?i)NOTIFY .*|.*\\bpg_notify\\b.*", Pattern.DOTALL);
    private static final String NOT_SENT = "no COMMIT of it reached the server";

    private final Inquiry inquiry;
    private final Optional<String> marks;
    private final Function<String, Optional<Identity>> prepared;

    /**
     * @param marks the table of marks
     * @param prepared what is known of a transaction that was prepared under this name
     */
    Judge(Inquiry inquiry, Optional<String> marks, Function<String, Optional<Identity>> prepared) {
        this.inquiry = inquiry;
        this.marks = marks;
        this.prepared = prepared;
    }

    /**
     * What became of it.
     *
     * @param learnt its number, if that was found out before
     * @param until when to give up waiting, by {@link System#nanoTime}
     */
    Judgement judge(TransactionEnd end, Optional<String> learnt, long until) {
        Optional<Identity> identity = end.how() == How.COMMIT_PREPARED ? prepared.apply(end.name()) : end.identity();
        Optional<String> number = identity.flatMap(Identity::id);
        if (end.answer() == Answer.ROLLBACK) {
            return Judgement.of(number, Fate.ABORTED);
        }
        if (identity.isPresent() && number.isEmpty() && end.how() != How.NONE && !notifies(end)) {
            return Judgement.of(number, Fate.READ_ONLY);
        }
        return asked(end, identity, learnt, until);
    }

    /** Notifications are sent, and given a number, by the COMMIT itself. */
    private static boolean notifies(TransactionEnd end) {
        return end.work().stream().anyMatch(site -> NOTIFIES.matcher(site).matches());
    }

    /** A server that is just being started refuses connections for a while. */
    private Judgement asked(TransactionEnd end, Optional<Identity> identity, Optional<String> learnt, long until) {
        Optional<String> number = identity.flatMap(Identity::id).or(() -> learnt);
        while (true) {
            try {
                Life life = inquiry.life(end.age());
                if (life.isYounger()
                        || identity.filter(it -> !it.server().equals(life.start()))
                                .isPresent()) {
                    return afterwards(end, identity, life);
                }
                return number.isPresent() ? known(end, number.get(), until) : unknown(end, until);
            } catch (SQLException e) {
                if (IN_THE_FUTURE.equals(e.getSQLState())) {
                    return Judgement.of(number, Fate.UNKNOWN, GIVEN_AGAIN);
                }
                inquiry.reconnect();
                if (isOver(until)) {
                    return Judgement.forNow(
                            number, Fate.UNKNOWN, "the database could not be asked, it answered " + e.getSQLState());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Its server is not what it was: numbers don't count. */
    private Judgement afterwards(TransactionEnd end, Optional<Identity> identity, Life life) throws SQLException {
        Optional<String> number = identity.flatMap(Identity::id);
        if (end.how() == How.NONE) {
            return Judgement.of(number, Fate.ABORTED, NOT_SENT);
        }
        Optional<String> mark = identity.flatMap(Identity::mark);
        if (marks.isEmpty() || mark.isEmpty()) {
            return Judgement.of(number, Fate.UNKNOWN, GIVEN_AGAIN);
        }
        if (life.isStandby()) {
            return Judgement.forNow(number, Fate.UNKNOWN, "a standby answers, which may not have all of it yet");
        }
        boolean isThere = inquiry.hasMark(marks.get(), mark.get());
        return Judgement.of(number, isThere ? Fate.COMMITTED : Fate.ABORTED, "its mark says so");
    }

    private Judgement known(TransactionEnd end, String id, long until) throws SQLException {
        Optional<String> number = Optional.of(id);
        while (true) {
            Optional<Judgement> ended = ended(end, number, inquiry.status(id).orElse(""));
            if (ended.isPresent()) {
                return ended.get();
            }
            if (!end.name().isEmpty() && inquiry.isPrepared(end.name())) {
                return waitsPrepared(end, number);
            }
            if (isOver(until)) {
                return atWork(end, number);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static Optional<Judgement> ended(TransactionEnd end, Optional<String> number, String status) {
        return switch (status) {
            case "in progress" -> Optional.empty();
            case "committed" -> Optional.of(Judgement.of(number, Fate.COMMITTED));
            case "aborted" -> Optional.of(aborted(end, number));
            default -> Optional.of(Judgement.of(number, Fate.UNKNOWN, "the server does not remember so old a number"));
        };
    }

    private static Judgement aborted(TransactionEnd end, Optional<String> number) {
        return end.mayBePartlyCommitted()
                ? Judgement.of(number, Fate.UNKNOWN, PARTS)
                : Judgement.of(number, Fate.ABORTED, end.how() == How.NONE ? NOT_SENT : "");
    }

    /** Its number was not asked for, or the answer never came. */
    private Judgement unknown(TransactionEnd end, long until) throws SQLException {
        if (end.isCommitted() || end.answer() == Answer.ERROR) {
            return gone(end); // it is answered: nobody works on it
        }
        Optional<Backend> backend = inquiry.backend(end.pid(), end.age());
        while (backend.isPresent()) {
            Optional<String> number = backend.flatMap(Backend::number);
            if (number.isPresent()) {
                return known(end, number.get(), until);
            }
            if (isOver(until)) {
                return atWork(end, number);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            backend = inquiry.backend(end.pid(), end.age());
        }
        return gone(end);
    }

    private Judgement gone(TransactionEnd end) throws SQLException {
        Optional<String> number = Optional.empty();
        if (end.how() == How.NONE) {
            return Judgement.of(number, Fate.ABORTED, NOT_SENT);
        }
        if (!end.name().isEmpty() && inquiry.isPrepared(end.name())) {
            return waitsPrepared(end, number);
        }
        if (end.isCommitted()) {
            return Judgement.of(number, Fate.COMMITTED);
        }
        boolean isRefused = end.answer() == Answer.ERROR && end.how() != How.COMMIT_PREPARED;
        return isRefused
                ? Judgement.of(number, Fate.ABORTED)
                : Judgement.of(
                        number,
                        Fate.UNKNOWN,
                        end.how() == How.COMMIT_PREPARED
                                ? "\"" + end.name() + "\" was prepared out of sight, and is not there any more"
                                : NEVER_KNOWN);
    }

    private static Judgement waitsPrepared(TransactionEnd end, Optional<String> number) {
        return Judgement.forNow(number, Fate.IN_PROGRESS, "prepared as \"" + end.name() + "\"");
    }

    private static Judgement atWork(TransactionEnd end, Optional<String> number) {
        return Judgement.forNow(number, Fate.IN_PROGRESS, "its backend " + end.pid() + " is still at work");
    }

    private static boolean isOver(long until) {
        return System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted();
    }
}
