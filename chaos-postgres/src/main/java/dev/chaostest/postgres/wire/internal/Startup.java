// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.link.Steps;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.protocol.internal.BackendKey;
import dev.chaostest.postgres.wire.protocol.internal.ErrorFields;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the first messages of a connection, which have no type: what it will be, and the faults of a connect. */
final class Startup {

    private final Session session;

    Startup(Session session) {
        this.session = session;
    }

    /**
     * Decides about one of them.
     *
     * @param message the whole message
     * @param body where its code stands
     */
    boolean isPassed(ByteBuffer message, int body) {
        message.position(body);
        int code = message.remaining() < Integer.BYTES ? 0 : message.getInt();
        if (code == Messages.SSL_REQUEST || code == Messages.GSS_REQUEST) {
            if (session.filter().encryption().isPassed()) {
                return true;
            }
            session.steps().toClient(ByteBuffer.wrap(new byte[] {'N'}));
            return false;
        }
        if (code >> 16 == Messages.PROTOCOL_3) {
            session.filter().typed();
            return isConnectPassed();
        }
        if (code == Messages.CANCEL_REQUEST && message.remaining() > Integer.BYTES) {
            return isCancelPassed(BackendKey.read(message), message.reset());
        }
        session.filter().opaque();
        return true;
    }

    private boolean isConnectPassed() {
        Call call = session.arrives(SqlSites.CONNECT, SqlSites.CONNECT::name);
        if (call == null) {
            return session.replies().add(Expected.STARTUP);
        }
        ServerError error = call.error();
        if (error != null) {
            refuse(call, error);
            return false;
        }
        Steps steps = session.steps();
        call.hold(When.BEFORE, steps::holdToServer);
        if (call.isCutBefore()) {
            call.cutBefore(steps);
            session.cut(call);
            return false;
        }
        return session.replies()
                .add(new Expected(Expected.Kind.STARTUP, Expected.Shown.ALL, call.isNeeded() ? call : null));
    }

    /** In the server's name: no server can be made to refuse one connection, and no other. */
    private void refuse(Call call, ServerError error) {
        Steps steps = session.steps();
        call.hold(When.BEFORE, steps::holdToClient);
        call.lessTrue(Cause.FORGED);
        String state = error.state().code();
        steps.toClient(ErrorFields.fatal(state, ServersWords.of(error)).message());
        steps.cut(() -> call.failed(state));
        session.cut(call);
    }

    private boolean isCancelPassed(BackendKey key, ByteBuffer request) {
        session.filter().cancels();
        Optional<Session> victim = session.other(key);
        Call call = session.arrivesFor(victim, WireSites.CANCEL_REQUEST);
        if (victim.isEmpty() && call == null) {
            return true;
        }
        Steps steps = session.steps();
        if (call != null) {
            call.hold(When.BEFORE, steps::holdToServer);
            if (call.isCutBefore()) {
                call.cutBefore(steps);
                session.cut(call);
                return false;
            }
            call.withoutAnswer();
        }
        ByteBuffer copy = ByteBuffer.allocate(request.remaining()).put(request).flip();
        steps.toServerInTurn(() -> victim.map(Session::cancelWait).orElse(false) ? Messages.cancelNobody() : copy);
        if (call != null && call.isCutAfter()) {
            call.cutAfter(steps);
            session.cut(call);
        }
        return false;
    }
}
