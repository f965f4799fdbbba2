// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.postgres.wire.sql.internal.Functions;
import dev.chaostest.postgres.wire.sql.internal.Preparation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a client sends that is answered by itself, with a ReadyForQuery at its end: query strings and function calls. */
final class Queries {

    private final Session session;
    private final Injector injector;
    private final Saboteur saboteur;

    /** One that waits, whose end has yet to pass. */
    private @Nullable CancelledWait waiting;

    Queries(Session session, Injector injector, Saboteur saboteur) {
        this.session = session;
        this.injector = injector;
        this.saboteur = saboteur;
    }

    /** Decides about a query string. */
    boolean query(ByteBuffer body) {
        ByteBuffer text = body.duplicate();
        boolean armed = session.isArmed();
        String sql = armed || session.isObserved() || Preparation.mayBeginAt(body) ? Messages.read(body) : "";
        session.sends(sql);
        if (!armed) {
            return passed(Expected.QUERY);
        }
        return cycle(session.site(sql), () -> sql, Kind.QUERY, text);
    }

    /** Decides about a function call. */
    boolean function(ByteBuffer body) {
        if (!session.isArmed()) {
            return passed(Expected.FUNCTION);
        }
        Site site = Functions.site(body.remaining() < Integer.BYTES ? 0 : body.getInt());
        return cycle(site, site::name, Kind.FUNCTION, body);
    }

    /** A message that is answered by itself, with a ReadyForQuery at its end. */
    private boolean cycle(Site site, Supplier<String> text, Kind kind, ByteBuffer body) {
        Call call = session.arrives(site, text);
        if (call == null) {
            Expected all = new Expected(kind, Shown.ALL, null, session.rowsOf(site));
            session.transactions().queries(site, text);
            return session.transactions().isPassed(all, site, body);
        }
        call.withoutSlowness();
        List<Hold> holds = call.hold(When.BEFORE, session.steps()::holdToServer);
        if (session.isCutBefore(call)) {
            return false;
        }
        ServerError error = call.error();
        if (error != null) {
            session.transactions().queries(site, text);
            injector.failInPlaceOfQuery(call, error);
            return false;
        }
        waiting = CancelledWait.of(session, injector, call, holds, 0);
        if (waiting != null) {
            waiting.beforeQuery(session.steps());
        }
        injector.failUnseen(call, 0);
        session.transactions().queries(site, text);
        Expected own = new Expected(kind, Shown.ALL, call.isNeeded() ? call : null, session.rowsOf(site));
        return !saboteur.isQueryReplaced(call, text.get(), own)
                && session.transactions().isPassed(own, site, body);
    }

    private boolean passed(Expected expected) {
        session.replies().add(expected);
        return true;
    }

    /** All of the latest message has gone on. */
    void hasPassed() {
        if (waiting != null) {
            waiting.behindQuery(session.steps());
            waiting = null;
        }
    }
}
