// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Steps;
import dev.chaostest.plan.When;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads what the client sends: names, arrivals, and the faults that begin there. */
final class Frontend implements Framer.Reader {

    private static final int TEXT_MAX = 1024 * 1024;
    private static final int NAMES_MAX = 1024;

    private static final int CANCEL_REQUEST = 80877102;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int PROTOCOL_3 = 3;

    private final Session session;
    private final Replies replies;

    /** Statements of ours that the server still knows. */
    private final List<String> ours = new ArrayList<>();

    private int injected;

    /** Whether the server reads the next message, whatever became of those before. */
    private boolean betweenCycles;

    /** The server was made to fail in this cycle: it skips what follows up to the Sync. */
    private boolean failedCycle;

    private boolean commitFailed;

    Frontend(Session session) {
        this.session = session;
        this.replies = session.replies();
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        return switch (type) {
            case Framer.UNTYPED -> bodyLength;
            case 'P', 'Q' -> TEXT_MAX;
            case 'B', 'C', 'D', 'E' -> NAMES_MAX;
            default -> 0;
        };
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        if (session.filter().isCut()) {
            return false;
        }
        seen.position(body);
        if (type == Framer.UNTYPED) {
            return isStartupPassed(seen);
        }
        keepOrGoOn(type);
        if (betweenCycles) {
            closeOurs();
        }
        betweenCycles = false;
        return switch (type) {
            case 'P' -> parse(seen);
            case 'B' -> bind(seen);
            case 'C' -> close(seen);
            case 'D' -> passed(Expected.DESCRIBE);
            case 'E' -> execute(seen);
            case 'Q' -> query(seen);
            case 'S' -> sync(seen);
            case 'F' -> function();
            case 'c', 'f' -> copyEnds();
            default -> true;
        };
    }

    private void keepOrGoOn(byte type) {
        switch (type) {
            case 'P', 'B', 'D' -> {
                if (session.isArmed()) {
                    session.filter().keepBack();
                }
            }
            case 'E' -> {}
            default -> session.filter().goOn();
        }
    }

    private boolean isStartupPassed(ByteBuffer seen) {
        int code = seen.remaining() < Integer.BYTES ? 0 : seen.getInt();
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
            session.tlsRefused();
            session.steps().toClient(ByteBuffer.wrap(new byte[] {'N'}));
            return false;
        }
        if (code >> 16 == PROTOCOL_3) {
            session.filter().typed();
            return passed(Expected.STARTUP);
        }
        if (code != CANCEL_REQUEST) {
            session.filter().opaque();
        }
        return true;
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

    private boolean bind(ByteBuffer body) {
        String portal = Messages.read(body);
        session.statements().bound(portal, Messages.read(body));
        return passed(Expected.BIND);
    }

    private boolean close(ByteBuffer body) {
        char kind = (char) body.get();
        session.statements().closed(kind, Messages.read(body));
        return passed(Expected.CLOSE);
    }

    private boolean function() {
        betweenCycles = true;
        return passed(Expected.FUNCTION);
    }

    private boolean copyEnds() {
        replies.copyInEnds();
        return true;
    }

    private boolean execute(ByteBuffer body) {
        String sql = session.statements().executed(Messages.read(body));
        Call call = sql == null || failedCycle ? null : session.arrives(sql);
        if (call == null) {
            session.filter().goOn();
            return passed(Expected.EXECUTE);
        }
        if (isLost(call)) {
            return false;
        }
        session.filter().goOn();
        ServerError error = call.error();
        if (error == null) {
            return passed(new Expected(Expected.Kind.EXECUTE, Expected.Shown.ALL, call.isNeeded() ? call : null));
        }
        raise(error, call);
        return false;
    }

    /** Carries out what comes before the effect; answers whether the connection does not survive it. */
    private boolean isLost(Call call) {
        Steps steps = session.steps();
        call.hold(When.BEFORE, steps::holdToServer);
        if (!call.isCutBefore()) {
            return false;
        }
        call.cutBefore(steps);
        session.cut(call);
        return true;
    }

    /** In place of the client's Execute: the server skips everything up to the client's Sync. */
    private void raise(ServerError error, Call call) {
        String name = "chaos_" + ++injected;
        Steps steps = session.steps();
        steps.toServer(Messages.parse(name, Injection.raise(error)));
        steps.toServer(Messages.bind(name, name));
        steps.toServer(Messages.execute(name));
        boolean read = replies.add(new Expected(Expected.Kind.PARSE, Expected.Shown.NOTHING, call));
        replies.add(new Expected(Expected.Kind.BIND, Expected.Shown.NOTHING, call));
        replies.add(new Expected(Expected.Kind.EXECUTE, Expected.Shown.ALL, call));
        if (!read) {
            call.skipped("nothing, an earlier statement failed");
        }
        ours.add(name);
        failedCycle = true;
        commitFailed = call.isCommit();
    }

    private boolean query(ByteBuffer body) {
        betweenCycles = true;
        Call call = session.arrives(Messages.read(body));
        if (call == null) {
            return passed(Expected.QUERY);
        }
        if (isLost(call)) {
            return false;
        }
        ServerError error = call.error();
        if (error == null) {
            return passed(new Expected(Expected.Kind.QUERY, Expected.Shown.ALL, call.isNeeded() ? call : null));
        }
        session.steps().toServer(Messages.query(Injection.raiseInPlaceOf(call.site(), error)));
        if (call.isCommit()) {
            replies.add(new Expected(Expected.Kind.QUERY, Expected.Shown.NOTHING, call));
            rollBack();
        } else {
            replies.add(new Expected(Expected.Kind.QUERY, Expected.Shown.ALL, call));
        }
        return false;
    }

    private boolean sync(ByteBuffer seen) {
        if (replies.isCopyIn()) {
            return true;
        }
        betweenCycles = true;
        failedCycle = false;
        if (!commitFailed) {
            return passed(Expected.SYNC);
        }
        commitFailed = false;
        session.steps().toServer(seen.rewind());
        replies.add(new Expected(Expected.Kind.SYNC, Expected.Shown.NOTHING, null));
        closeOurs();
        rollBack();
        return false;
    }

    /** A COMMIT that fails leaves the session idle; the raising block alone would leave it in a failed transaction. */
    private void rollBack() {
        session.steps().toServer(Messages.query("ROLLBACK"));
        replies.add(new Expected(Expected.Kind.QUERY, Expected.Shown.ONLY_READY, null));
    }

    private void closeOurs() {
        for (String name : ours) {
            session.steps().toServer(Messages.closeStatement(name));
            replies.add(new Expected(Expected.Kind.CLOSE, Expected.Shown.NOTHING, null));
        }
        ours.clear();
    }
}
