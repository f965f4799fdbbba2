// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Candidate;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Moment;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The faults that a sweep tries, by the names that users choose them by. */
final class Faults {

    static final String LOST = "connection lost";
    static final String SLOW = "slow";
    static final String NO_ANSWER = "no answer";
    static final String NO_CONNECTION = "no connection";
    static final String CONFLICT = "40001";
    static final String DEADLOCK = "40P01";
    static final String LOCK_TIMEOUT = "55P03";
    static final String CANCELLED = "57014";
    static final String TERMINATED = "57P01";
    static final List<String> AT_CONNECT = List.of("53300", "57P03");
    static final List<String> DEFERRED = List.of("23503", "23505");

    static final Set<String> NAMES = names();

    /** Long enough for the others to come first. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Faults() {}

    private static Set<String> names() {
        Set<String> names = new TreeSet<>(
                Set.of(LOST, SLOW, NO_ANSWER, NO_CONNECTION, CONFLICT, DEADLOCK, LOCK_TIMEOUT, CANCELLED, TERMINATED));
        names.addAll(AT_CONNECT);
        names.addAll(DEFERRED);
        return Set.copyOf(names);
    }

    static Candidate lostBefore() {
        return new Candidate(LOST, LOST + " before", new Cut(When.BEFORE), true);
    }

    static Candidate lostAfter() {
        return new Candidate(LOST, LOST + " after", new Cut(When.AFTER), true);
    }

    /** At a message, which goes that way. */
    static Candidate lostBefore(Moment passing) {
        return new Candidate(LOST, LOST + " before", new Cut(When.BEFORE).at(passing), true);
    }

    /** At a message, which goes that way. */
    static Candidate lostAfter(Moment passing) {
        return new Candidate(LOST, LOST + " after", new Cut(When.AFTER).at(passing), true);
    }

    static Candidate lostAmid() {
        return new Candidate(LOST, LOST + " amid the rows of", new Cut(When.BEFORE).at(Moment.TO_CLIENT), false);
    }

    static Candidate cancelledAmid() {
        return new Candidate(CANCELLED, CANCELLED + " amid the rows of", new CancelOnServer(), false);
    }

    static Candidate noAnswerAmid() {
        return new Candidate(NO_ANSWER, NO_ANSWER + " amid the rows of", new Hang(When.BEFORE), false, true);
    }

    static Candidate state(String state) {
        return new Candidate(state, state + " on", ServerError.of(state), true);
    }

    static Candidate slow() {
        return new Candidate(SLOW, SLOW + " before", Delay.of(PAUSE), false);
    }

    /** Takes as long as the client's time-outs, so it is asked for. */
    static Candidate noAnswer() {
        return new Candidate(NO_ANSWER, NO_ANSWER + " to", new Hang(When.BEFORE), false, true);
    }

    static Candidate noAnswerThoughDone() {
        return new Candidate(NO_ANSWER, NO_ANSWER + ", though done, to", new Hang(When.AFTER), false, true);
    }

    static Candidate noConnection() {
        return new Candidate(
                NO_CONNECTION, NO_CONNECTION + " from", NoConnection.timedOut().atOnce(), true);
    }
}
