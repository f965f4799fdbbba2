// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.postgres.wire.Expected.Shown;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Asks the server for the numbers of one session's transactions, and takes the answers out of what the client gets. */
final class Numbers {

    private final Session session;

    /** Whose number is asked for, in order. */
    private final Deque<Followed> asked = new ArrayDeque<>();

    private int questions;

    /** What the server says now is for us. */
    private boolean answering;

    Numbers(Session session) {
        this.session = session;
    }

    private Optional<String> marks() {
        return session.transactionObserver().flatMap(TransactionObserver::marks);
    }

    /** Whether each is to get a mark, at its end. */
    boolean areMarked() {
        return marks().isPresent();
    }

    /** Between the client's messages: what fails here fails the client's cycle. */
    void ask(Followed about) {
        new NumberQuestion(marks())
                .messages("chaos_number_" + ++questions)
                .forEach(session.steps()::toServer);
        boolean read = true;
        for (Expected reply : NumberQuestion.replies()) {
            read &= session.replies().add(reply);
        }
        if (read) {
            expect(about);
        }
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
        answering |= type == 'T' && NumberQuestion.isDescribedBy(seen.duplicate().position(body));
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
