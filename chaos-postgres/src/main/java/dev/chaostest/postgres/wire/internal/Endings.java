// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The transactions of one session whose end is on its way, and what the server says to that. */
final class Endings {

    /** A client that does not wait for answers is not followed any farther. */
    private static final int SENT_MAX = 1_000;

    private final Cycles cycles;

    /** In order. */
    private final Deque<Followed> sent = new ArrayDeque<>();

    /** What has been answered, but its client has to wait for it. */
    private final List<Followed> late = new ArrayList<>();

    Endings(Cycles cycles) {
        this.cycles = cycles;
    }

    /** Its end goes out. */
    void sent(Followed by) {
        if (sent.size() < SENT_MAX) {
            sent.addLast(by);
        }
    }

    /** The one whose end went out last, or null. */
    @Nullable
    Followed last() {
        return sent.peekLast();
    }

    /** The one that the server is at; null if it is at another statement. */
    private @Nullable Followed now() {
        Followed first = sent.peekFirst();
        return first != null && cycles.isNow(first.cycle()) ? first : null;
    }

    /** A statement of the client's is complete. */
    void completed(String tag) {
        Followed now = now();
        if (now != null) {
            now.completed(tag);
        }
    }

    /** The server reported an error; answers whether it is about one of these. */
    boolean isFailed(String state) {
        Followed now = now();
        if (now != null) {
            now.failed(state);
        }
        return now != null;
    }

    /** What was answered waits on its way to the client. */
    void answerWaits(List<Hold> holds) {
        Followed now = now();
        if (now != null && !holds.isEmpty()) {
            now.answerWaits(holds);
        }
    }

    /** A message waits on its way to the client: whatever it has not been told yet comes behind that. */
    void messageWaits(Hold hold) {
        sent.forEach(each -> each.answerWaits(List.of(hold)));
    }

    /** Whether the client hears and understands what comes from here on is not known here: what it does next tells. */
    void mayBeUnheard() {
        sent.forEach(Followed::mayBeUnheard);
    }

    /** Whether there are any. */
    boolean areSent() {
        return !sent.isEmpty();
    }

    /** The client is told that the server is ready again. */
    void answered(Transactions in) {
        while (!sent.isEmpty() && cycles.isOver(sent.getFirst().cycle())) {
            Followed done = sent.removeFirst();
            done.isOver();
            if (done.isLate()) {
                late.add(done);
            } else {
                done.answered(in);
            }
        }
    }

    /** Whoever had to wait does so no longer: the client says the next thing, or the connection is gone. */
    void haveGoneOn(Transactions in) {
        if (!late.isEmpty()) {
            late.forEach(each -> each.answered(in));
            late.clear();
        }
    }

    /**
     * The connection is gone.
     *
     * @param copying whether the server waits for more of the client's data
     */
    void lost(Transactions in, boolean copying) {
        late.forEach(each -> each.lostLate(in));
        late.clear();
        Followed now = now();
        if (copying && now != null) {
            now.hasNoEnd();
        }
        for (Followed each : sent) {
            if (cycles.isOver(each.cycle())) {
                each.isOver();
            }
            each.lost(in);
        }
        sent.clear();
    }
}
