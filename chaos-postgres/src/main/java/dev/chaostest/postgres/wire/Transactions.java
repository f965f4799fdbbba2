// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Hold;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.TransactionEnd.How;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows the transactions of one session to their end, while somebody wants to know; asks the server for their numbers
 * meanwhile, in one write with what the client sends.
 *
 * <p>A question is only put where it can't fail: an error in it would be the client's.
 */
final class Transactions {

    /** A client that does not wait for answers is not followed any farther. */
    private static final int SENT_MAX = 1_000;

    private final Session session;
    private final Numbers numbers;
    private int pid;
    private long served;

    /** The one that the client has begun. */
    private @Nullable Followed open;

    /** The one that begins and ends with the messages up to the next Sync. */
    private @Nullable Followed alone;

    /** Whether a question is to go behind these messages. */
    private boolean wanted;

    /** Whose end is on its way, in order. */
    private final Deque<Followed> sent = new ArrayDeque<>();

    /** What has been answered, but its client has to wait for it. */
    private final List<Followed> late = new ArrayList<>();

    private final Cycles cycles;

    Transactions(Session session) {
        this.session = session;
        this.cycles = new Cycles(session.replies());
        this.numbers = new Numbers(session);
    }

    /** What is asked about them. */
    Numbers numbers() {
        return numbers;
    }

    int pid() {
        return pid;
    }

    long served() {
        return served;
    }

    void served(int by) {
        pid = by;
        served = System.nanoTime();
    }

    private @Nullable Followed followed() {
        Round round = session.armed();
        Optional<TransactionObserver> observer = session.transactionObserver();
        return round == null || observer.isEmpty() ? null : new Followed(round, observer.get());
    }

    /**
     * An Execute is about to pass; what is to go before it goes out here.
     *
     * @param arrives whether it is the first of its portal, and not skipped
     */
    void executes(boolean arrives, Site site, String sql) {
        if (!arrives || !session.isFollowed()) {
            return;
        }
        StatementKind kind = StatementKind.of(site.name());
        Followed ending = statement(kind, site, sql, cycles.next());
        if (ending != null && mayAsk(ending, kind)) {
            numbers.ask(ending);
        }
        if (ending == null && kind.mayBeFollowed()) {
            Followed around = open;
            wanted |= around == null || (kind == StatementKind.WRITE && !around.isAsked() && !numbers.areMarked());
        } else if (kind == StatementKind.OTHER_WRITE && open == null) {
            wanted = false;
        }
    }

    /** A query string or a function call is about to pass; what is to go before it goes out here. */
    void queries(Site site, Supplier<String> text) {
        if (session.isFollowed() && SqlSites.isStatement(site)) {
            StatementKind kind = StatementKind.of(site.name());
            Followed ending = statement(kind, site, text.get(), cycles.next());
            if (ending != null && mayAsk(ending, kind)) {
                session.replies().add(numbers.askApart(ending));
            }
        }
        endsAlone(cycles.begin());
    }

    /**
     * As {@link #queries}; answers whether it goes out as it is.
     *
     * @param body all of it, or its begin
     */
    boolean isPassed(Expected expected, Site site, Supplier<String> text, ByteBuffer body) {
        queries(site, text);
        Followed last = sent.peekLast();
        boolean isAsked = last != null
                && last.how() == How.ALONE
                && cycles.next() == last.cycle() + 1
                && StatementKind.of(site.name()).mayBeFollowed()
                && SqlSites.isWhole(site.name())
                && body.get(body.limit() - 1) == 0;
        if (last == null || !isAsked) {
            session.replies().add(expected);
            return true;
        }
        session.replies().add(numbers.askBehind(last, body, expected));
        return false;
    }

    private void endsAlone(long cycle) {
        Followed by = alone;
        if (by != null) {
            end(by, How.ALONE, "", cycle);
            alone = null;
        }
    }

    /** Follows the client's own words; answers the transaction whose end this statement is. */
    private @Nullable Followed statement(StatementKind kind, Site site, String sql, long cycle) {
        answersHaveGoneOn();
        Followed around = around();
        switch (kind) {
            case BEGIN -> open = around == null ? followed() : around;
            case ROLLBACK -> open = site.name().endsWith("CHAIN") ? followed() : null;
            case COMMIT, PREPARE -> {
                open = site.name().endsWith("CHAIN") ? followed() : null;
                if (around != null) {
                    boolean prepares = kind == StatementKind.PREPARE;
                    end(around, prepares ? How.PREPARE : How.COMMIT, prepares ? PreparedName.in(sql) : "", cycle);
                }
                return around;
            }
            case COMMIT_PREPARED -> {
                Followed prepared = followed();
                if (prepared != null) {
                    end(prepared, How.COMMIT_PREPARED, PreparedName.in(sql), cycle);
                }
            }
            case MIXED -> {
                alone = around == null ? followed() : around;
                work(kind, site, null);
                open = null;
            }
            case WRITE, OTHER_WRITE, READ -> work(kind, site, around);
            case NOTHING -> {}
        }
        return null;
    }

    private void work(StatementKind kind, Site site, @Nullable Followed around) {
        if (around == null && alone == null) {
            alone = followed();
        }
        Followed part = around == null ? alone : around;
        if (part != null && (kind.isWrite() || kind == StatementKind.MIXED)) {
            part.works(site.name());
        }
    }

    /** The transaction that is open; it may have been begun before anybody wanted to know. */
    private @Nullable Followed around() {
        if (open == null && session.isInTransaction() && cycles.isQuiet()) {
            open = followed();
        }
        return open;
    }

    private void end(Followed by, How how, String name, long cycle) {
        by.ends(how, name, cycle);
        if (sent.size() < SENT_MAX) {
            sent.addLast(by);
        }
    }

    /** A question in an aborted transaction fails, and so does one behind something that may yet fail. */
    private boolean mayAsk(Followed ending, StatementKind kind) {
        boolean isEnd = kind == StatementKind.COMMIT || kind == StatementKind.PREPARE;
        return isEnd && cycles.isHealthy() && (numbers.areMarked() || !ending.isAsked());
    }

    /** The end that comes next is made to roll back: there is no later time to ask; what is asked is answered in this place. */
    List<Expected> failsUnseen() {
        Followed about = session.isFollowed() ? around() : null;
        boolean asks = about != null && cycles.isHealthy() && !about.isAsked();
        cycles.spoil();
        return asks && about != null ? List.of(numbers.askApart(about)) : List.of();
    }

    /** A Sync is about to pass: what came since the last one is a transaction by itself, unless one was begun. */
    void syncs() {
        Followed about = open == null ? alone : open;
        if (wanted && about != null && session.isFollowed()) {
            numbers.ask(about);
        }
        wanted = false;
        endsAlone(cycles.begin());
    }

    /** What was to go out was made to fail, or never went: there is nothing to ask. */
    void failsInPlace() {
        wanted = false;
    }

    /** The connection is cut before this statement is sent. */
    void neverSent(String site) {
        StatementKind kind = StatementKind.of(site);
        Followed never = kind == StatementKind.WRITE && around() == null && alone == null ? followed() : null;
        if (never != null) {
            never.works(site);
            open = never;
        }
    }

    /** A statement of the client's is complete. */
    void completed(String tag) {
        Followed first = sent.peekFirst();
        if (first != null && cycles.isNow(first.cycle())) {
            first.completed(tag);
        }
    }

    /** The server reported an error, to be shown; the session may be over with it. */
    void failed(String state, boolean isEnd) {
        Followed first = sent.peekFirst();
        if (first != null && cycles.isNow(first.cycle())) {
            first.failed(state);
        } else if (first == null && alone != null) {
            alone.failed(state);
        } else if (open != null && isEnd) {
            open.failed(state);
        }
    }

    /** What was answered waits on its way to the client. */
    void answerWaits(List<Hold> holds) {
        Followed first = sent.peekFirst();
        if (first != null && !holds.isEmpty() && cycles.isNow(first.cycle())) {
            first.answerWaits(holds);
        }
    }

    /** The server is ready again. */
    void ready(Expected expected, byte status) {
        if (!cycles.isAnswered(expected, status)) {
            return;
        }
        if (status == 'I' && cycles.isQuiet()) {
            open = null;
        }
        if (session.filter().isCut()) {
            return;
        }
        while (!sent.isEmpty() && cycles.isOver(sent.getFirst().cycle())) {
            Followed done = sent.removeFirst();
            if (done.isLate()) {
                late.add(done);
            } else {
                done.answered(this);
            }
        }
    }

    private void answersHaveGoneOn() {
        if (!late.isEmpty()) {
            late.forEach(each -> each.answered(this));
            late.clear();
        }
    }

    /** The client says goodbye: what it has open is to be rolled back. */
    void disconnects() {
        open = null;
        alone = null;
    }

    /** The connection is gone. */
    void closed() {
        answersHaveGoneOn();
        sent.forEach(each -> each.lost(this));
        sent.clear();
        Followed rest = open == null ? alone : open;
        if (rest != null && rest.isAtWork()) {
            rest.lost(this);
        }
        open = null;
        alone = null;
    }
}
