// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.postgres.wire.Provocation;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts statements of ours into the client's stream, and expects their replies. */
final class Injector {

    private final Session session;
    private final Replies replies;

    /** Statements of ours that the server still knows. */
    private final List<String> ours = new ArrayList<>();

    /** Portals of ours that still wait for their next rows to be asked for. */
    private final List<String> sleeping = new ArrayList<>();

    private int injected;

    Injector(Session session) {
        this.session = session;
        this.replies = session.replies();
    }

    /**
     * In place of the client's Execute: the server skips everything up to the client's Sync.
     *
     * @return whether the server looks at it at all
     */
    boolean failInPlaceOfExecute(Call call, ServerError error) {
        session.transactions().failsInPlace();
        boolean read = true;
        List<String> failing = failing(call, error);
        for (int n = 0; n < failing.size(); n++) {
            boolean last = n == failing.size() - 1 && !call.endsIdle();
            Ours statement = last ? ours(failing.get(n), call) : prelude(failing.get(n), call);
            statement.messages.forEach(session.steps()::toServer);
            for (Expected reply : statement.replies) {
                read &= replies.add(reply);
            }
        }
        if (!read) {
            call.skipped("nothing, an earlier statement failed");
        }
        return read;
    }

    /** Before the client's Execute, in the same statement's time. */
    void sleepBeforeExecute(Call call, SlowStatement slow) {
        String name = "chaos_" + ++injected;
        ours.add(name);
        sleeping.add(name);
        List.of(
                        Messages.parse(name, Injection.sleeping(slow)),
                        Messages.bind(name, name),
                        Messages.executeRows(name, 1))
                .forEach(session.steps()::toServer);
        for (Kind kind : List.of(Kind.PARSE, Kind.BIND, Kind.EXECUTE)) {
            replies.add(new Expected(kind, Shown.NOTHING, call));
        }
    }

    /**
     * Has the transaction fail before the end of it that comes next, and the client not know: it is not the client's statement
     * that fails.
     *
     * @param kept how many messages of that end are kept back
     */
    void failUnseen(Call call, int kept) {
        if (!call.failsUnseen()) {
            return;
        }
        Expected place = Expected.mark(call);
        if (!session.isInTransaction() || replies.size() != kept || !replies.mark(place, kept)) {
            call.refusedUnseen();
            return;
        }
        List<Expected> aside = new ArrayList<>(session.transactions().failsUnseen());
        session.steps().toServer(Messages.query(Injection.unseen()));
        aside.add(new Expected(Kind.QUERY, Shown.ASIDE, null));
        replies.replace(place, aside);
    }

    /** The session is to end by itself now: what comes then is the answer. */
    void expectEnd(Call call) {
        replies.add(Expected.end(call));
    }

    /** In place of the client's query string. */
    void failInPlaceOfQuery(Call call, ServerError error) {
        String sql = Injection.inPlaceOf(call.site(), failing(call, error));
        session.steps().toServer(Messages.query(sql));
        if (call.endsIdle()) {
            replies.add(new Expected(Kind.QUERY, Shown.NOTHING, call));
            expectEnd(call);
        } else if (call.isCommit() && !Injection.endsTheSession(error.how())) {
            replies.add(new Expected(Kind.QUERY, Shown.NOTHING, call));
            rollBack();
        } else {
            replies.add(new Expected(Kind.QUERY, Shown.OURS, call));
        }
    }

    private List<String> failing(Call call, ServerError error) {
        LockedKey locked = session.locked();
        if (error.how() == Provocation.LOCK_TIMEOUT && !locked.isHeld()) {
            call.lessTrue(Cause.RAISED);
        }
        return Injection.failing(error, locked);
    }

    /** A COMMIT that fails leaves the session idle; the raising block alone would leave it in a failed transaction. */
    void rollBack() {
        session.steps().toServer(Messages.query("ROLLBACK"));
        replies.add(new Expected(Kind.QUERY, Shown.ONLY_READY, null));
    }

    void closeOurs() {
        if (sleeping.isEmpty() && ours.isEmpty()) {
            return;
        }
        for (String name : sleeping) {
            session.steps().toServer(Messages.closePortal(name));
            replies.add(new Expected(Kind.CLOSE, Shown.NOTHING, null));
        }
        sleeping.clear();
        for (String name : ours) {
            session.steps().toServer(Messages.closeStatement(name));
            replies.add(new Expected(Kind.CLOSE, Shown.NOTHING, null));
        }
        ours.clear();
    }

    /** A statement that cancels itself, to go before one that waited until its client cancelled it. */
    Ours cancelled() {
        return ours(Injection.cancelled(), null);
    }

    /** A statement of which the client sees nothing. */
    Ours hidden(String sql) {
        return ours(sql, Shown.NOTHING, null);
    }

    private Ours ours(String sql, @Nullable Call call) {
        return ours(sql, Shown.OURS, call);
    }

    /** Its success is nobody's business; should it fail, that is what became of the call. */
    private Ours prelude(String sql, Call call) {
        return ours(sql, Shown.NOTHING, call);
    }

    private Ours ours(String sql, Shown shown, @Nullable Call call) {
        String name = "chaos_" + ++injected;
        ours.add(name);
        return new Ours(
                List.of(Messages.parse(name, sql), Messages.bind(name, name), Messages.execute(name)),
                List.of(
                        new Expected(Kind.PARSE, Shown.NOTHING, call),
                        new Expected(Kind.BIND, Shown.NOTHING, call),
                        new Expected(Kind.EXECUTE, shown, call)));
    }

    /** Messages that the client did not send, and what they are answered with. */
    record Ours(List<ByteBuffer> messages, List<Expected> replies) {
        /** What it is answered with in the end. */
        Expected answer() {
            return replies.get(replies.size() - 1);
        }
    }
}
