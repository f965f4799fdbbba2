// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.TransactionObserver;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Asks the server for the numbers of one session's transactions, and takes the answers out of what the client gets. */
final class Numbers {

    private final Session session;
    private final Shared shared;

    /** Whose number is asked for, in order. */
    private final Deque<Followed> asked = new ArrayDeque<>();

    private int questions;

    /** What the server says now is for us. */
    private boolean answering;

    Numbers(Session session, Shared shared) {
        this.session = session;
        this.shared = shared;
    }

    private Optional<String> marks() {
        return shared.transactions().get().flatMap(TransactionObserver::marks);
    }

    /** Whether each is to get a mark, at its end. */
    boolean areMarked() {
        return marks().isPresent();
    }

    /**
     * Before a statement of the client's, and answered before the server begins with that: it is there even if that never ends.
     * No Sync is between them, so that an error in the question skips the statement and is the only one.
     *
     * @param kept how many messages of that statement are kept back
     */
    void askBefore(Followed about, int kept) {
        if (session.replies().insert(NumberQuestion.replies(), kept)) {
            send();
            expect(about);
            session.steps().toServer(Messages.flush());
        }
    }

    /** Behind what the client has sent, and before its Sync. */
    void ask(Followed about) {
        if (session.replies().insert(NumberQuestion.replies(), 0)) {
            send();
            expect(about);
        }
    }

    private void send() {
        new NumberQuestion(marks()).messages("chaos_number_" + ++questions).forEach(session.steps()::toServer);
    }

    /** As a message that is answered by itself; answers what comes back. */
    Expected askApart(Followed about) {
        session.steps().toServer(new NumberQuestion(marks()).query());
        expect(about);
        return NumberQuestion.reply();
    }

    /** Behind a query string, which is all there; answers what comes back. */
    Expected askBehind(Followed about, ByteBuffer text, Expected expected) {
        session.steps().toServer(new NumberQuestion(marks()).behind(text));
        expect(about);
        return expected.withNumber();
    }

    private void expect(Followed about) {
        about.asks();
        asked.addLast(about);
    }

    /** Whether a message from the server belongs to the answer to a question behind what the client asked. */
    boolean isAnswer(Expected expected, byte type, ByteBuffer seen, int body) {
        if (type == 'D' && (expected.shown() == Shown.NUMBER || answering)) {
            told(seen.duplicate().position(body));
        }
        if (expected.shown() != Shown.WITH_NUMBER || type == 'Z') {
            answering = false;
            return false;
        }
        answering |=
                type == 'T' && NumberQuestion.isDescribedBy(seen.duplicate().position(body));
        return answering;
    }

    private void told(ByteBuffer row) {
        Followed about = asked.pollFirst();
        TransactionEnd.Identity identity = NumberQuestion.read(row);
        if (about != null && identity != null) {
            about.told(identity);
        }
    }

    /** An answer will not come; it may have been that to a question. */
    void askedInVain(Expected lost) {
        Followed about = lost.isNumbered() ? asked.pollFirst() : null;
        if (about != null) {
            about.askedInVain();
        }
    }
}
