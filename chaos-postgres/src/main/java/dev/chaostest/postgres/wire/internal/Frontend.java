// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Framer;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.postgres.wire.protocol.internal.Statements;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the client sends: names, arrivals, and the faults that begin there. */
final class Frontend implements Framer.Reader {

    private static final int TEXT_MAX = 1024 * 1024;
    private static final int NAMES_MAX = 1024;

    private final Session session;
    private final Replies replies;
    private final Startup startup;
    private final Injector injector;
    private final Saboteur saboteur;
    private final Queries queries;

    /** The statement that was bound last, and most often is again. */
    private String bound = "";

    /** Whether the server reads the next message, whatever became of those before. */
    private boolean betweenCycles;

    /** The server was made to fail in this cycle: it skips what follows up to the Sync. */
    private boolean failedCycle;

    private boolean commitFailed;

    /** After this the session has nothing to do until it is over: the client's words up to its Sync are not passed on. */
    private @Nullable Call idling;

    Frontend(Session session) {
        this.session = session;
        this.replies = session.replies();
        this.startup = new Startup(session);
        this.injector = new Injector(session);
        this.saboteur = new Saboteur(session, injector);
        this.queries = new Queries(session, injector, saboteur);
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        return switch (type) {
            case Framer.UNTYPED -> bodyLength;
            case 'P', 'Q' -> TEXT_MAX;
            case 'B', 'C', 'D', 'E' -> NAMES_MAX;
            case 'F' -> Integer.BYTES;
            default -> 0;
        };
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        if (session.filter().isCut()) {
            return false;
        }
        if (type == Framer.UNTYPED) {
            return startup.isPassed(seen, body);
        }
        messageHasPassed();
        if (idling != null && type != 'S' && type != 'X') {
            return false;
        }
        keepOrGoOn(type);
        if (betweenCycles) {
            injector.closeOurs();
        }
        betweenCycles = false;
        seen.position(body);
        return switch (type) {
            case 'P' -> parse(seen);
            case 'B' -> bind(seen);
            case 'C' -> close(seen);
            case 'D' -> passed(Expected.DESCRIBE);
            case 'E' -> execute(seen);
            case 'Q', 'F' -> cycle(type, seen);
            case 'S' -> sync(seen);
            case 'X' -> disconnect(seen);
            case 'c', 'f' -> copyEnds();
            default -> true;
        };
    }

    /** A client says one thing at a time; rows of a COPY it sends in large pieces. */
    @Override
    public boolean isAlike(byte type) {
        return false;
    }

    private void keepOrGoOn(byte type) {
        switch (type) {
            case 'P', 'B', 'D' -> {
                if (session.isArmed() || session.isObserved()) {
                    session.filter().keepBack();
                }
            }
            case 'E' -> {}
            default -> session.filter().goOn();
        }
    }

    private boolean passed(Expected expected) {
        replies.add(expected);
        return true;
    }

    private boolean parse(ByteBuffer body) {
        String statement = Messages.read(body);
        session.statements().parsed(statement, Messages.read(body));
        return passed(Expected.PARSE);
    }

    @SuppressWarnings("ReferenceEquality") // a reference is dearer to write than to compare
    private boolean bind(ByteBuffer body) {
        String portal = Messages.read(body, "");
        String statement = Messages.read(body, bound);
        if (statement != bound) {
            bound = statement;
        }
        session.statements().bound(portal, statement);
        return passed(Expected.BIND);
    }

    private boolean close(ByteBuffer body) {
        char kind = body.hasRemaining() ? (char) body.get() : 0;
        session.statements().closed(kind, Messages.read(body));
        return passed(Expected.CLOSE);
    }

    private boolean copyEnds() {
        replies.copyInEnds();
        return true;
    }

    private boolean execute(ByteBuffer body) {
        Statements.Portal portal = session.statements().portal(Messages.read(body, ""));
        boolean arrives = portal != null && portal.isFirstExecute() && !failedCycle;
        if (portal != null && arrives) {
            session.sends(portal.sql());
        }
        if (portal == null || !session.isArmed()) {
            session.filter().goOn();
            return passed(Expected.EXECUTE);
        }
        Site site = session.site(portal.sql());
        Call call = arrives ? session.arrives(site, portal::sql) : null;
        if (call == null) {
            session.transactions().executes(arrives, site, portal.sql());
            session.filter().goOn();
            return passed(new Expected(Kind.EXECUTE, Shown.ALL, null, session.rowsOf(site)));
        }
        int kept = session.filter().kept();
        List<Hold> holds = call.hold(When.BEFORE, session.steps()::holdToServer);
        if (session.isCutBefore(call)) {
            return false;
        }
        CancelledWait wait = CancelledWait.of(session, injector, call, holds, kept);
        if (wait != null) {
            wait.beforeExecute(session.steps());
        }
        saboteur.before(call, kept, body.remaining() < Integer.BYTES ? 0 : body.getInt());
        injector.failUnseen(call, kept);
        session.transactions().executes(arrives, site, portal.sql());
        session.filter().goOn();
        SlowStatement slow = call.slow();
        if (slow != null) {
            injector.sleepBeforeExecute(call, slow);
        }
        ServerError error = call.error();
        if (error == null) {
            Expected own = new Expected(Kind.EXECUTE, Shown.ALL, call.isNeeded() ? call : null, session.rowsOf(site));
            return !saboteur.isReplaced(own) && passed(own);
        }
        boolean read = injector.failInPlaceOfExecute(call, error);
        failedCycle = true;
        idling = read && call.endsIdle() ? call : null;
        commitFailed = read && call.isCommit() && !Injection.endsTheSession(error.how());
        return false;
    }

    /** A message that is answered by itself. */
    private boolean cycle(byte type, ByteBuffer body) {
        betweenCycles = true;
        return type == 'Q' ? queries.query(body) : queries.function(body);
    }

    /** What is to follow a message can only follow when all of it is there. */
    void messageHasPassed() {
        queries.hasPassed();
        saboteur.messageHasPassed();
    }

    private boolean sync(ByteBuffer seen) {
        if (replies.isCopyIn()) {
            return true;
        }
        betweenCycles = true;
        failedCycle = false;
        session.transactions().syncs();
        Call ending = idling;
        idling = null;
        if (ending != null && ending.endsIdle()) {
            session.steps().toServer(seen.reset());
            replies.add(new Expected(Kind.SYNC, Shown.NOTHING, ending));
            injector.expectEnd(ending);
            return false;
        }
        if (!commitFailed && !saboteur.hasBegun()) {
            return passed(Expected.SYNC);
        }
        commitFailed = false;
        session.steps().toServer(seen.reset());
        replies.add(new Expected(Kind.SYNC, Shown.NOTHING, null));
        injector.closeOurs();
        injector.rollBack();
        return false;
    }

    /** The client's last word. It waits for no answer. */
    private boolean disconnect(ByteBuffer seen) {
        session.disconnects();
        Call call = session.arrives(SqlSites.DISCONNECT, SqlSites.DISCONNECT::name);
        if (call == null) {
            return true;
        }
        call.withoutWaiting();
        if (session.isCutBefore(call)) {
            return false;
        }
        if (!call.isCutAfter()) {
            return true;
        }
        Steps steps = session.steps();
        steps.toServer(seen.reset());
        call.cutAfter(steps);
        session.cut(call);
        return false;
    }
}
