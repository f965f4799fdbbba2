// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a statement that waits when its client cancels it: the server is made to cancel it for real.
 *
 * <p>The statement is in the stream already. So in its turn one that cancels itself goes before it, and the server skips
 * what follows up to the next Sync: the client's own, or, behind a query string, one of ours.
 */
final class CancelledWait {

    private final Replies replies;
    private final Injector injector;
    private final List<Hold> holds;
    private final Expected place;
    private boolean cancelled;

    /**
     * Of a statement that waits; null for the end of a transaction, which can't be cancelled on the server either.
     *
     * @param latest how many of its messages have been sent
     */
    static @Nullable CancelledWait of(Session session, Injector injector, Call call, List<Hold> holds, int latest) {
        Expected place = Expected.mark(call);
        if (holds.isEmpty()
                || SqlSites.endsTransaction(call.site())
                || !session.replies().mark(place, latest)) {
            return null;
        }
        return new CancelledWait(session, injector, holds, place);
    }

    private CancelledWait(Session session, Injector injector, List<Hold> holds, Expected place) {
        this.replies = session.replies();
        this.injector = injector;
        this.holds = holds;
        this.place = place;
    }

    /** Before a statement that ends in the client's own Sync. */
    void beforeExecute(Steps steps) {
        steps.toServerInTurn(() -> before(false));
    }

    /** Before a message that is a cycle by itself; {@link #behindQuery} must follow it. */
    void beforeQuery(Steps steps) {
        steps.toServerInTurn(() -> before(true));
    }

    void behindQuery(Steps steps) {
        steps.toServerInTurn(() -> cancelled ? Messages.sync() : nothing());
    }

    private ByteBuffer before(boolean query) {
        if (!Waits.isCancelled(holds) || !replies.has(place)) {
            replies.remove(place);
            return nothing();
        }
        cancelled = true;
        Injector.Ours ours = injector.cancelled();
        if (query) {
            replies.replaceQuery(place, ours.replies());
        } else {
            replies.replace(place, ours.replies());
        }
        return Messages.joined(ours.messages());
    }

    private static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }
}
