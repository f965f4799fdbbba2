// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.mount.Round;
import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.TransactionEnd.Answer;
import dev.chaostest.postgres.wire.TransactionEnd.How;
import dev.chaostest.postgres.wire.TransactionObserver;
import dev.chaostest.postgres.wire.sql.internal.StatementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One transaction that is followed to its end. */
final class Followed {

    private static final int WORK_MAX = 100;
    private static final String ROLLBACK = "ROLLBACK";

    private final Round round;
    private final TransactionObserver observer;
    private final List<String> work = new ArrayList<>();
    private How how = How.NONE;
    private String name = "";
    private TransactionEnd.@Nullable Identity identity;
    private boolean asked;
    private boolean over;
    private long cycle;
    private String tag = "";
    private String state = "";
    private final List<Hold> late = new ArrayList<>();
    private boolean missed;
    private boolean unheard;

    /** How many more ROLLBACKs its client wants in one string than were answered. */
    private long rollbacks = Long.MAX_VALUE;

    Followed(Round round, TransactionObserver observer) {
        this.round = round;
        this.observer = observer;
    }

    /** A statement that writes is part of it. */
    void works(String site) {
        if (work.size() < WORK_MAX) {
            work.add(site);
        }
        if (identity != null && identity.id().isEmpty()) {
            identity = null; // it may have a number from now on
        }
    }

    boolean isAtWork() {
        return !work.isEmpty();
    }

    /** Its COMMIT is not sent. */
    void isMissed() {
        missed = true;
    }

    boolean wasMissed() {
        return missed;
    }

    /** So many statements of the string that it ends in are to be answered by ROLLBACK, and no more. */
    void rollsBack(long times) {
        rollbacks = times;
    }

    /** The client's data had not come to an end: nothing had. */
    void hasNoEnd() {
        how = work.stream().anyMatch(site -> StatementKind.of(site) == StatementKind.MIXED) ? how : How.NONE;
    }

    /** The question for its number is on its way. */
    void asks() {
        asked = true;
    }

    /** The question was not answered. */
    void askedInVain() {
        asked = false;
    }

    boolean isAsked() {
        return asked;
    }

    /** The server said its number; a later word goes: it may have one now. */
    void told(TransactionEnd.Identity said) {
        identity = said;
        asked = said.id().isPresent();
    }

    /** Its end goes out, in this cycle. */
    void ends(How by, String prepared, long in) {
        how = by;
        name = prepared;
        cycle = in;
    }

    How how() {
        return how;
    }

    long cycle() {
        return cycle;
    }

    void completed(String by) {
        tag = by;
        rollbacks -= by.equals(ROLLBACK) ? 1 : 0;
    }

    void failed(String with) {
        state = with;
    }

    /** The server is ready again after its end. */
    void isOver() {
        over = true;
    }

    /** The answer has come, but the client has to wait for it. */
    void answerWaits(List<Hold> holds) {
        late.addAll(holds);
    }

    /** The answer has come, but it is not known whether its client heard and understood it. */
    void mayBeUnheard() {
        unheard = true;
    }

    boolean isLate() {
        return unheard || late.stream().anyMatch(hold -> hold.end().isEmpty());
    }

    /** All of the answer has gone on to the client, unless it gave up waiting. */
    void answered(Transactions in) {
        if (late.stream().anyMatch(Followed::isUnheard)) {
            tell(in, Answer.NONE);
        } else if (!state.isEmpty()) {
            tell(in, Answer.ERROR);
        } else {
            boolean asked = how == How.COMMIT || how == How.PREPARE;
            tell(in, (asked && tag.equals(ROLLBACK)) || rollbacks < 0 ? Answer.ROLLBACK : Answer.DONE);
        }
    }

    /** Whether the connection ended before the wait did. */
    private static boolean isUnheard(Hold hold) {
        Hold.End end = hold.end().orElse(Hold.End.CLOSED);
        return end == Hold.End.CLOSED || end == Hold.End.HOPELESS;
    }

    /** The connection ended, and its client did not say anything behind the answer. */
    void lostLate(Transactions in) {
        if (unheard) {
            lost(in);
        } else {
            answered(in);
        }
    }

    /** The connection ended. */
    void lost(Transactions in) {
        tell(in, state.isEmpty() ? Answer.NONE : Answer.ERROR);
    }

    private void tell(Transactions in, Answer answer) {
        boolean readsOnly = identity != null && identity.id().isEmpty() && work.isEmpty();
        if (readsOnly && how == How.ALONE) {
            return; // nothing is in doubt, and there may be thousands of them
        }
        observer.ended(new TransactionEnd(
                round,
                in.pid(),
                in.served(),
                Optional.ofNullable(identity),
                how,
                name,
                answer,
                answer == Answer.NONE ? "" : state,
                isCommitted(),
                work));
    }

    /** Several statements may have rolled back in the middle. */
    private boolean isCommitted() {
        return switch (how) {
            case COMMIT -> tag.equals("COMMIT");
            case COMMIT_PREPARED -> tag.equals("COMMIT PREPARED");
            case ALONE -> over && state.isEmpty() && work.stream().noneMatch(site -> site.indexOf(';') >= 0);
            case PREPARE, NONE -> false;
        };
    }
}
