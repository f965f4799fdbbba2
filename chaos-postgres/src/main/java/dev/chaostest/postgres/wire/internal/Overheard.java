// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What the server has said behind the place where the connection is cut, in bytes that were there already. The client never hears it,
 * but it tells what became of the transaction: a server says all of a short answer at once, when it has committed.
 */
final class Overheard {

    private final Session session;
    private @Nullable Deque<Expected> owed;
    private boolean over;

    Overheard(Session session) {
        this.session = session;
    }

    /** How much of a message's body is read. */
    static int wanted(byte type) {
        return switch (type) {
            case 'D', 'T', 'C' -> NumberQuestion.ROW_MAX;
            case 'Z' -> 1;
            default -> 0;
        };
    }

    /** The next message behind the cut. What is still owed stays so: nobody answers that. */
    void hears(byte type, ByteBuffer seen, int body) {
        over |= type == 'E';
        Expected expected = over ? null : of(type);
        if (expected == null || session.transactions().numbers().isAnswer(expected, type, seen, body)) {
            return;
        }
        if (type == 'C') {
            session.transactions()
                    .endings()
                    .completed(Messages.read(seen.duplicate().position(body)));
        }
        if (type == 'Z' && seen.limit() > body) {
            session.transactions().ready(expected, seen.get(body));
        }
        if (owed != null && expected.kind().isEndedBy(type)) {
            owed.removeFirst();
        }
    }

    private @Nullable Expected of(byte type) {
        if (type == 'N' || type == 'S' || type == 'A') {
            return null;
        }
        Deque<Expected> all = owed == null ? new ArrayDeque<>(session.replies().all()) : owed;
        owed = all;
        while (!all.isEmpty() && !all.getFirst().kind().accepts(type)) {
            all.removeFirst();
        }
        return all.peekFirst();
    }
}
