// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Types;

/**
 * The answers that change nothing but what is owed, while no round is armed: rows, completed reads, the steps of an extended
 * query. They are nearly all that a server says, so they are passed by their headers alone.
 */
final class PlainAnswers {

    private static final int LENGTH_BYTES = 4;
    private static final int HEADER = 1 + LENGTH_BYTES;

    /** Neither the begin of a COPY to the server, nor what ends a cycle or comes at any time. */
    private static final Types PLAIN = Types.of("123nTtDCIsHdc");

    private final Session session;
    private final Replies replies;

    PlainAnswers(Session session) {
        this.session = session;
        this.replies = session.replies();
    }

    /** Answers where the first message begins that is none of these, or not all there; what lies before is answered. */
    int pass(byte[] bytes, int from, int to) {
        int at = from;
        if (session.isArmed() || session.filter().isCut() || !session.cover().isEmpty()) {
            return at;
        }
        byte rows = 0;
        while (to - at >= HEADER) {
            byte type = bytes[at];
            int length = length(bytes, at + 1);
            boolean whole = length >= LENGTH_BYTES && length < to - at;
            if (!whole || (type != rows && !isPassed(type, bytes, at + HEADER, at + 1 + length))) {
                return at;
            }
            rows = type == 'D' || type == 'd' ? type : 0;
            at += 1 + length;
        }
        return at;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] << 24)
                | ((bytes[at + 1] & 0xff) << 16)
                | ((bytes[at + 2] & 0xff) << 8)
                | (bytes[at + 3] & 0xff);
    }

    private boolean isPassed(byte type, byte[] bytes, int body, int end) {
        Expected first = replies.first();
        boolean plain = first != null
                && PLAIN.has(type)
                && first.shown() == Shown.ALL
                && first.call() == null
                && first.kind() != Kind.STARTUP
                && first.kind().accepts(type);
        if (!plain
                || first == null
                || (type == 'C' && end - body > 1 && Backend.isOfInterest(bytes[body], bytes[body + 1]))) {
            return false;
        }
        if (first.kind().isEndedBy(type)) {
            replies.answered();
        }
        return true;
    }
}
