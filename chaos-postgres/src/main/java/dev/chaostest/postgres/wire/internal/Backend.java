// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.Provocation;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.BackendKey;
import dev.chaostest.postgres.wire.protocol.internal.ErrorFields;
import dev.chaostest.postgres.wire.protocol.internal.Framer;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads what the server sends: which reply it is, what of it is shown, and the faults that strike after an effect. */
final class Backend implements Framer.Reader {

    private static final int ERROR_MAX = 64 * 1024;

    private static final String BEGAN = "BEGIN";
    private static final String STARTED = "START TRANSACTION";
    /** Longer than any tag. */
    private static final int TAG_SEEN = 64;

    private final Session session;
    private final Replies replies;
    private final PlainAnswers plain;

    Backend(Session session) {
        this.session = session;
        this.replies = session.replies();
        this.plain = new PlainAnswers(session);
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        return switch (type) {
            case 'E' -> ERROR_MAX;
            case 'C' -> TAG_SEEN;
            case 'D', 'T' -> replies.isNumberNext() ? NumberQuestion.ROW_MAX : 0;
            case 'Z' -> 1;
            case 'K' -> BackendKey.BYTES_MAX;
            default -> 0;
        };
    }

    @Override
    public int pass(byte[] bytes, int from, int to) {
        return plain.pass(bytes, from, to);
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        return !session.filter().isCut()
                && switch (type) {
                    case 'S', 'A' -> true;
                    case 'N' -> isNoticeShown();
                    case 'E' -> isErrorPassed(seen, body);
                    default -> isReplyPassed(type, seen, body);
                };
    }

    /** Nothing happens at the rows of a COPY, nor at those of a query while no round is armed. */
    @Override
    public boolean isAlike(byte type) {
        return type == 'd' || (type == 'D' && !session.isArmed());
    }

    /** The site of the row that comes; null if that is not known. */
    @Nullable
    Site rows() {
        Expected first = replies.first();
        return first == null || !first.kind().accepts((byte) 'D') ? null : first.rows();
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
        if (session.transactions().numbers().isAnswer(expected, type, seen, body)) {
            return false;
        }
        if (type == 'G' || type == 'W') {
            replies.copyInBegins();
        }
        if (type == 'K' && seen.limit() >= body + Integer.BYTES) {
            session.served(BackendKey.read(seen.duplicate().position(body)));
        }
        boolean last = expected.kind().isEndedBy(type);
        if (last) {
            replies.answered();
        }
        if (type == 'C') {
            complete(expected, seen, body);
        }
        if (type == 'Z') {
            ready(seen.limit() > body ? seen.get(body) : 0);
        }
        answered(expected, type, last);
        if (type == 'Z') {
            session.transactions().ready(expected, seen.limit() > body ? seen.get(body) : 0);
        }
        return !session.filter().isCut()
                && session.cover().isPassed(expected, type, seen, body, isShown(expected, type));
    }

    private void complete(Expected expected, ByteBuffer seen, int body) {
        if (seen.limit() < body + 2 || !isOfInterest(seen.get(body), seen.get(body + 1))) {
            return;
        }
        String tag = Messages.read(seen.duplicate().position(body));
        session.transactions().endings().completed(tag);
        Call call = expected.call();
        if (call != null) {
            call.completed(tag);
        }
        if (tag.equals(BEGAN) || tag.equals(STARTED)) {
            session.transactionBegan();
        }
        session.completed(tag);
    }

    /** Two letters tell a begin, an end and a PREPARE from SELECT, whose tag need not be read. */
    static boolean isOfInterest(byte first, byte second) {
        return (first == 'B' && second == 'E')
                || (first == 'S' && second == 'T')
                || (first == 'P' && second == 'R')
                || (second == 'O' && (first == 'C' || first == 'R'));
    }

    private static boolean isShown(Expected expected, byte type) {
        return switch (expected.shown()) {
            case ALL, OURS, WITH_NUMBER -> true;
            case NOTHING, ASIDE, NUMBER -> false;
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
            boolean alone = expected.kind() == Kind.EXECUTE || (expected.kind() == Kind.QUERY && call.isSingle());
            after(call, alone);
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
        session.transactions().endings().answerWaits(call.hold(When.AFTER, session.steps()::holdToClient));
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
        Expected first = replies.first();
        if (first != null && first.isErrorHidden()) {
            return false;
        }
        seen.position(body);
        ErrorFields fields = ErrorFields.read(seen);
        session.failed(fields.state());
        session.cover().failed(first, fields.state());
        if (first == null) {
            return true;
        }
        boolean asksInVain = fields.isForbidden() && replies.isQuestionNext();
        Call failed = first.call();
        ServerError ended = failed == null ? null : endedAs(failed, fields);
        String state = ended == null ? fields.state() : ended.state().code();
        session.transactions().failed(state, fields.isFatal());
        if (failed != null) {
            failed.failed(state);
            after(failed, true);
        }
        cutWhatWaits(); // an error is an answer too, and nothing can take effect behind it
        if (first.kind().isExtended()) {
            skip(failed, state);
        } else {
            replies.copyInEnds(); // the client need not say so any more
            if (first.shown() == Shown.NUMBER) {
                replies.nextIsAnswered(); // by this error: that it rolled back is no news
            }
            session.transactions().numbers().askedInVain(first);
        }
        replies.endDoesNotCome();
        if (session.filter().isCut()) {
            return false;
        }
        ErrorFields shown = asksInVain ? fields.withHint(ErrorFields.NUMBER_HINT) : shown(first, fields, ended);
        if (!shown.equals(fields)) {
            session.filter().saysError(shown.message());
        }
        return shown.equals(fields);
    }

    /** The error as the client is to see it. */
    private ErrorFields shown(Expected first, ErrorFields fields, @Nullable ServerError ended) {
        if (first.kind() == Kind.STARTUP && session.filter().encryption().isRefused() && fields.isHbaRefusal()) {
            return fields.withHint(ErrorFields.TLS_HINT);
        }
        if (ended != null) {
            return fields.as(ended.state().code(), ServersWords.of(ended)).withoutContext();
        }
        return first.shown() == Shown.ALL || first.isNumbered() ? fields : fields.withoutContext();
    }

    /** The planned error that the end of the session is to carry; null if the session did not end by our word. */
    private static @Nullable ServerError endedAs(Call failed, ErrorFields fields) {
        ServerError planned = failed.error();
        boolean ours = planned != null && planned.how() == Provocation.ENDED && !failed.isStillHeld();
        return ours && fields.isTermination() ? planned : null;
    }

    /** A statement whose own Parse or Bind failed has failed with that state; later ones were never looked at. */
    private void skip(@Nullable Call failed, String state) {
        boolean own = true;
        for (Expected lost : replies.failed()) {
            session.transactions().numbers().askedInVain(lost);
            Call call = lost.call();
            if (call != null && call != failed) {
                call.skipped(own ? state : "nothing, an earlier statement failed with " + state);
            }
            own &= lost.kind() != Kind.EXECUTE;
        }
    }
}
