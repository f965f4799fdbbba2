// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.link.Hold;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;

/**
 * An answer of which nothing passes any more until the server has cancelled its statement.
 *
 * <p>The request races with the answer: a small result has left the server already. So when the server is ready without an
 * error, and only once it has its signal (else that would meet the next statement), it is given a statement that cancels itself,
 * before the client has heard that it is ready.
 */
final class StoppedAnswer {

    private static final String TOO_LATE =
            "the statement had ended when the cancel came, and what it wrote is there. Run it in a transaction";

    private final Session session;
    private final Blow blow;
    private final Hold untilSignalled;
    private final Runnable unpark;
    private boolean onlyReads = true;
    private boolean ours;
    private boolean over;

    StoppedAnswer(Session session, Blow blow) {
        this.session = session;
        this.blow = blow;
        this.untilSignalled = Hold.untilReleased(end -> {});
        Runnable sent = session.cancelOnServer(untilSignalled::release);
        this.unpark = blow.park(sent);
    }

    /** Whether what comes passes again. */
    boolean isOver() {
        return over;
    }

    /** The message that the backend has been told of; answers whether it passes. */
    boolean isPassed(byte type, ByteBuffer seen, int body) {
        return switch (type) {
            case 'S', 'A' -> true;
            case 'C' -> isTagPassed(Messages.read(seen.duplicate().position(body)));
            case 'Z' -> isReadyPassed(seen.limit() > body ? seen.get(body) : 0);
            default -> false;
        };
    }

    private boolean isTagPassed(String tag) {
        onlyReads &= tag.startsWith("SELECT") || tag.startsWith("FETCH") || tag.startsWith("COPY");
        return false;
    }

    /** The server has failed it. */
    void failed(String state) {
        end();
        blow.answered(state, ours ? Cause.RAISED : Cause.REAL);
    }

    private boolean isReadyPassed(byte status) {
        boolean harmless = status == 'T' || (status == 'I' && onlyReads);
        if (ours || !harmless || session.replies().first() != null) {
            end();
            blow.refused(TOO_LATE);
            return true;
        }
        ours = true;
        session.steps().holdToServer(untilSignalled);
        session.steps().toServer(Messages.query(Injection.cancelled()));
        session.replies().add(new Expected(Kind.QUERY, Shown.OURS, null));
        return false;
    }

    /** The connection is gone. */
    void lost() {
        end();
        blow.answered(Call.LOST);
    }

    private void end() {
        over = true;
        unpark.run();
    }
}
