// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.internal.Cover.Disguise;
import dev.chaostest.postgres.wire.internal.Cover.Told;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.internal.Expected.Shown;
import dev.chaostest.postgres.wire.protocol.internal.Bound;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Does to the client's statements what a {@link Sabotage} says; {@link Cover} sees to the answers. */
final class Saboteur {

    private static final String PORTAL = "chaos_again";
    private static final String SAVEPOINT = "SAVEPOINT chaos_sabotage";
    private static final String TO_SAVEPOINT = "ROLLBACK TO SAVEPOINT chaos_sabotage";
    private static final String RELEASE = "RELEASE SAVEPOINT chaos_sabotage";
    private static final String CHAIN = "COMMIT AND CHAIN";

    private static final String NO_TRANSACTION = "no transaction was open";
    private static final String NO_HEALTHY_TRANSACTION = "no healthy transaction was open";
    private static final String TOO_LATE = "its values had gone out already";
    private static final String IN_PORTIONS = "its rows are fetched in portions";
    private static final String NOT_FIRST = "it commits together with what was sent before it";

    private final Session session;
    private final Replies replies;
    private final Injector injector;
    private final Cover cover;
    private @Nullable Deed deed;
    private @Nullable Bound bound;
    /** What follows the message that is just passing. */
    private @Nullable Runnable behind;
    /** A transaction of ours was begun in this cycle: if a statement of it fails, nobody else ends it. */
    private boolean begun;

    Saboteur(Session session, Injector injector) {
        this.session = session;
        this.replies = session.replies();
        this.injector = injector;
        this.cover = session.cover();
    }

    /**
     * Before anything of a prepared statement goes out, while that is kept back.
     *
     * @param kept how many of its messages are
     * @param rows of how many rows its Execute is, 0 for all
     */
    void before(Call call, int kept, int rows) {
        Blow blow = call.error() == null ? call.sabotage() : null;
        deed = blow == null ? null : new Deed(blow);
        bound = null;
        if (deed != null) {
            begin(call, deed, kept, rows);
        }
    }

    private void begin(Call call, Deed now, int kept, int rows) {
        switch (now.what()) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> require(now, session.isHealthy(), NO_HEALTHY_TRANSACTION);
            case COMMIT_IN_THE_MIDDLE -> {
                require(now, session.isInBlock(), NO_TRANSACTION);
                ahead(call, now, kept, CHAIN, (result, tag) -> now.done());
            }
            case RUN_TWICE -> {
                bound = Bound.last(session.filter().keptMessages());
                require(now, kept > 0 && bound != null, TOO_LATE);
            }
            case DROP_WRITE -> {
                require(now, rows == 0 || !isReturning(call), IN_PORTIONS);
                require(now, session.isInBlock() || isFirstOfItsCycle(), NOT_FIRST);
                begun = !now.isTold() && !session.isInBlock();
                ahead(call, now, kept, begun ? "BEGIN" : SAVEPOINT, (result, tag) -> {});
            }
            case HIDE_ROW -> {}
        }
    }

    private static void require(Deed deed, boolean met, String otherwise) {
        if (!met) {
            deed.notDone(otherwise);
        }
    }

    /** A statement without rows is run to its end, whatever the client asks for. */
    private static boolean isReturning(Call call) {
        return call.site().toUpperCase(Locale.ROOT).contains("RETURNING");
    }

    /** Without BEGIN, what is sent up to a Sync is one transaction. */
    private boolean isFirstOfItsCycle() {
        boolean executed = false;
        for (Expected each : replies.all()) {
            executed = each.kind() == Kind.EXECUTE || (executed && each.kind().isExtended());
        }
        return !executed;
    }

    private void ahead(Call call, Deed now, int kept, String sql, Told told) {
        Expected place = Expected.mark(call);
        if (now.isTold()) {
            return;
        }
        if (kept == 0 || !replies.mark(place, kept)) {
            now.notDone(TOO_LATE);
            return;
        }
        Injector.Ours ours = injector.hidden(sql);
        ours.messages().forEach(session.steps()::toServer);
        replies.replace(place, ours.replies());
        cover.put(ours.answer(), Disguise.none(now, told));
    }

    /**
     * In the place of its Execute, or before that passes.
     *
     * @param expected what the client expects for it
     * @return whether another was sent
     */
    boolean isReplaced(Expected expected) {
        Deed now = deed;
        if (now == null || now.isTold()) {
            return false;
        }
        Bound again = bound;
        switch (now.what()) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> {
                commit(now, expected);
                return true;
            }
            case RUN_TWICE -> behind = again == null ? null : () -> runAgain(now, again);
            case DROP_WRITE -> {
                cover.put(expected, Disguise.none(now, (result, tag) -> now.answeredWith(tag)));
                boolean inBlock = session.isInBlock();
                behind = () -> takeBack(now, inBlock ? List.of(TO_SAVEPOINT, RELEASE) : List.of("ROLLBACK"));
            }
            case COMMIT_IN_THE_MIDDLE, HIDE_ROW -> {}
        }
        return false;
    }

    private void commit(Deed now, Expected expected) {
        Injector.Ours ours = injector.hidden("COMMIT");
        ours.messages().forEach(session.steps()::toServer);
        List<Expected> owed = ours.replies();
        owed.subList(0, owed.size() - 1).forEach(replies::add);
        replies.add(expected);
        cover.put(expected, Disguise.named(now, "ROLLBACK"));
    }

    private void runAgain(Deed now, Bound again) {
        Expected answer = new Expected(Kind.EXECUTE, Shown.NOTHING, null);
        cover.put(answer, Disguise.none(now, (result, tag) -> {
            now.answeredWith(tag);
            now.done();
        }));
        List.of(again.message(PORTAL), Messages.execute(PORTAL), Messages.closePortal(PORTAL))
                .forEach(session.steps()::toServer);
        replies.add(new Expected(Kind.BIND, Shown.NOTHING, null));
        replies.add(answer);
        replies.add(new Expected(Kind.CLOSE, Shown.NOTHING, null));
    }

    private void takeBack(Deed now, List<String> statements) {
        Expected last = Expected.EXECUTE;
        for (String sql : statements) {
            Injector.Ours ours = injector.hidden(sql);
            ours.messages().forEach(session.steps()::toServer);
            ours.replies().forEach(replies::add);
            last = ours.answer();
        }
        cover.put(last, Disguise.none(now, (result, tag) -> now.done()));
    }

    /** Whether a transaction of ours is to be ended behind the Sync that goes out now. */
    boolean hasBegun() {
        boolean now = begun;
        begun = false;
        return now;
    }

    /** The client's message has gone on. */
    void messageHasPassed() {
        Runnable now = behind;
        behind = null;
        if (now != null && !session.filter().isCut()) {
            now.run();
        }
    }

    /**
     * In the place of a query string.
     *
     * @return whether another was sent
     */
    boolean isQueryReplaced(Call call, String sql, Expected expected) {
        Blow blow = call.sabotage();
        if (blow == null) {
            return false;
        }
        Deed now = new Deed(blow);
        boolean inBlock = session.isInBlock();
        return switch (now.what()) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> {
                require(now, session.isHealthy(), NO_HEALTHY_TRANSACTION);
                yield isSent(List.of("COMMIT"), expected, Disguise.named(now, "ROLLBACK"));
            }
            case COMMIT_IN_THE_MIDDLE -> {
                require(now, inBlock, NO_TRANSACTION);
                yield isSent(List.of(CHAIN, sql), expected, Disguise.only(now, 1, (result, tag) -> now.done()));
            }
            case RUN_TWICE -> isSent(List.of(sql, sql), expected, Disguise.only(now, 0, counting(now, 1, 1)));
            case DROP_WRITE ->
                inBlock
                        ? isSent(
                                List.of(SAVEPOINT, sql, TO_SAVEPOINT, RELEASE),
                                expected,
                                Disguise.only(now, 1, counting(now, 1, 2)))
                        : isSentAlone(
                                List.of("BEGIN", sql, "ROLLBACK"),
                                expected,
                                Disguise.unready(now, 1, counting(now, 1, 2)));
            case HIDE_ROW -> false;
        };
    }

    /** Looks at what one result changed; with another, it is done. */
    private static Told counting(Deed now, int counted, int last) {
        return (result, tag) -> {
            if (result == counted) {
                now.answeredWith(tag);
            }
            if (result == last) {
                now.done();
            }
        };
    }

    /** A comment may end a statement, so each begins on a line of its own. */
    private boolean isSent(List<String> statements, Expected expected, Disguise disguise) {
        if (disguise.isOver()) {
            return false;
        }
        session.steps().toServer(Messages.query(String.join("\n;", statements)));
        Expected answer = new Expected(expected.kind(), expected.shown(), expected.call()); // its rows are no arrivals
        replies.add(answer);
        cover.put(answer, disguise);
        return true;
    }

    /** As {@link #isSent}; should a statement fail, the transaction that was begun for it is ended all the same. */
    private boolean isSentAlone(List<String> statements, Expected expected, Disguise disguise) {
        boolean sent = isSent(statements, expected, disguise);
        if (sent) {
            injector.rollBack();
        }
        return sent;
    }
}
