// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.Expected.Kind;
import dev.chaostest.postgres.wire.Expected.Shown;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads what the server sends: which reply it is, what of it is shown, and the faults that strike after an effect. */
final class Backend implements Framer.Reader {

    private static final int ERROR_MAX = 64 * 1024;

    private static final String BEGAN = "BEGIN";
    private static final String STARTED = "START TRANSACTION";
    private static final int TAG_SEEN = STARTED.length() + 1;

    private final Session session;
    private final Replies replies;

    Backend(Session session) {
        this.session = session;
        this.replies = session.replies();
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        return switch (type) {
            case 'E' -> ERROR_MAX;
            case 'C' -> TAG_SEEN;
            case 'Z' -> 1;
            default -> 0;
        };
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        return !session.filter().isCut()
                && switch (type) {
                    case 'A', 'S' -> true;
                    case 'N' -> isNoticeShown();
                    case 'E' -> isErrorPassed(seen, body);
                    default -> isReplyPassed(type, seen, body);
                };
    }

    private boolean isNoticeShown() {
        Expected first = replies.first();
        return first == null || first.shown() != Shown.ONLY_READY;
    }

    private boolean isReplyPassed(byte type, ByteBuffer seen, int body) {
        Expected expected = replies.of(type);
        if (expected == null) {
            return true;
        }
        if (type == 'G' || type == 'W') {
            replies.copyInBegins();
        }
        boolean last = expected.kind().isEndedBy(type);
        if (last) {
            replies.answered();
        }
        if (type == 'C' && isBegin(seen, body)) {
            session.transactionBegan();
        }
        if (type == 'Z') {
            ready(seen.get(body));
        }
        answered(expected, type, last);
        return !session.filter().isCut() && isShown(expected, type);
    }

    private static boolean isBegin(ByteBuffer seen, int body) {
        byte first = seen.limit() > body ? seen.get(body) : 0;
        if (first != 'B' && first != 'S') {
            return false;
        }
        String tag = Messages.read(seen.duplicate().position(body));
        return tag.equals(BEGAN) || tag.equals(STARTED);
    }

    private static boolean isShown(Expected expected, byte type) {
        return switch (expected.shown()) {
            case ALL -> true;
            case NOTHING -> false;
            case ONLY_READY -> type == 'Z';
        };
    }

    private void ready(byte status) {
        session.ready(status);
        cutWhatWaits();
    }

    private void cutWhatWaits() {
        session.untilReady().forEach(this::cutAfter);
        session.untilReady().clear();
    }

    private void answered(Expected expected, byte type, boolean last) {
        Call call = expected.call();
        if (call == null || expected.shown() == Shown.NOTHING) {
            return;
        }
        boolean done = (expected.kind() == Kind.QUERY && call.isSingle()) ? isResult(type) : last;
        if (done) {
            after(call, expected.kind() == Kind.EXECUTE || call.isSingle());
        }
        if (last) {
            call.succeeded();
        }
    }

    private static boolean isResult(byte type) {
        return type == 'C' || type == 'I';
    }

    /** Its effect is there: now the answer suffers. */
    private void after(Call call, boolean single) {
        if (call.isAnswerSeen()) {
            return;
        }
        call.hold(When.AFTER, session.steps()::holdToClient);
        if (!call.isCutAfter()) {
            return;
        }
        if (!single || session.isInTransaction()) {
            cutAfter(call);
        } else {
            session.untilReady().add(call);
        }
    }

    private void cutAfter(Call call) {
        call.cutAfter(session.steps());
        session.cut(call);
    }

    private boolean isErrorPassed(ByteBuffer seen, int body) {
        seen.position(body);
        ErrorFields fields = ErrorFields.read(seen);
        Expected first = replies.first();
        if (first == null) {
            return true;
        }
        Call failed = first.call();
        if (failed != null) {
            failed.failed(fields.state());
            after(failed, true);
        }
        cutWhatWaits(); // an error is an answer too, and nothing can take effect behind it
        if (first.kind().isExtended()) {
            skip(failed, fields.state());
        } else {
            replies.copyInEnds(); // the client need not say so any more
        }
        if (first.kind() == Kind.STARTUP && session.isTlsRefused() && fields.isAuthorization()) {
            session.steps().toClient(fields.withHint(ErrorFields.TLS_HINT));
            return false;
        }
        return !session.filter().isCut();
    }

    /** A statement whose own Parse or Bind failed has failed with that state; later ones were never looked at. */
    private void skip(@Nullable Call failed, String state) {
        boolean own = true;
        for (Expected lost : replies.failed()) {
            Call call = lost.call();
            if (call != null && call != failed) {
                call.skipped(own ? state : "nothing, an earlier statement failed with " + state);
            }
            own &= lost.kind() != Kind.EXECUTE;
        }
    }
}
