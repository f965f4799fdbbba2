// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.TransactionEnd.How;
import dev.chaostest.postgres.wire.TransactionObserver;
import dev.chaostest.postgres.wire.sql.internal.PreparedName;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.StatementKind;
import java.nio.ByteBuffer;
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

    private final Session session;
    private final Shared shared;
    private final Numbers numbers;
    private int pid;
    private long served;

    /** The one that the client has begun. */
    private @Nullable Followed open;

    /** The one that begins and ends with the messages up to the next Sync. */
    private @Nullable Followed alone;

    /** Whether a question is to go behind these messages. */
    private boolean wanted;

    /** Whether what passes is not to be said in other words. */
    private boolean asItIs;

    private final Cycles cycles;
    private final Endings endings;

    Transactions(Session session, Shared shared) {
        this.session = session;
        this.shared = shared;
        this.cycles = new Cycles(session.replies());
        this.endings = new Endings(cycles);
        this.numbers = new Numbers(session, shared);
    }

    /** What is asked about them. */
    Numbers numbers() {
        return numbers;
    }

    /** What the server says to the end of them. */
    Endings endings() {
        return endings;
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

    /** Whether somebody wants to know. */
    private boolean isOn() {
        return shared.transactions().get().isPresent() && session.isArmed();
    }

    private @Nullable Followed followed() {
        Round round = shared.mount().armed();
        Optional<TransactionObserver> observer = shared.transactions().get();
        return round == null || observer.isEmpty() ? null : new Followed(round, observer.get());
    }

    /**
     * An Execute, and what is kept back of its statement, is about to pass; what is to go before them goes out here.
     *
     * @param arrives whether it is the first of its portal, and not skipped
     */
    void executes(boolean arrives, Site site, String sql) {
        if (!arrives || !isOn()) {
            return;
        }
        StatementKind kind = StatementKind.of(site.name());
        Followed worked = open != null && open.isAtWork() ? open : null;
        Followed ending = statement(kind, site, sql, cycles.next());
        Followed about = ending == null ? worked : ending;
        if (about != null && mayAsk(about, ending != null)) {
            numbers.askBefore(about, session.filter().kept());
        }
        if (open == null) {
            wanted = kind != StatementKind.OTHER_WRITE && (wanted || kind.mayBeFollowed());
        }
    }

    /** A query string or a function call is about to pass; what is to go before it goes out here. */
    void queries(Site site, Supplier<String> text) {
        if (isOn() && SqlSites.isStatement(site)) {
            StatementKind kind = StatementKind.of(site.name());
            Followed ending = statement(kind, site, text.get(), cycles.next());
            if (ending != null && mayAsk(ending, true)) {
                session.replies().add(numbers.askApart(ending));
            }
        }
        endsAlone(cycles.begin());
    }

    /**
     * That query string goes out now; answers whether as it is.
     *
     * @param body all of it, or its begin
     */
    boolean isPassed(Expected expected, Site site, ByteBuffer body) {
        Followed last = endings.last();
        boolean isAsked = !asItIs
                && last != null
                && last.how() == How.ALONE
                && cycles.next() == last.cycle() + 1
                && StatementKind.of(site.name()).mayBeFollowed()
                && SqlSites.isWhole(site.name())
                && !NumberQuestion.isLike(site.name())
                && body.get(body.limit() - 1) == 0;
        if (last == null || !isAsked) {
            session.replies().add(expected);
            return true;
        }
        session.replies().add(numbers.askBehind(last, body, expected));
        return false;
    }

    /** Whether something is done to the bytes of the next message, so that no question goes behind it. */
    void passesAsItIs(boolean is) {
        asItIs = is;
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
        endings.haveGoneOn(this);
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
                mayRollBack(site);
                open = null;
            }
            case WRITE, OTHER_WRITE, READ -> work(kind, site, around);
            case NOTHING -> {}
        }
        return null;
    }

    /** A COMMIT among several statements may be answered by ROLLBACK, too. */
    private void mayRollBack(Site site) {
        if (alone != null && SqlSites.isWhole(site.name())) {
            alone.rollsBack(StatementKind.rollbacks(site.name()));
        }
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
        endings.sent(by);
    }

    /** A question in an aborted transaction fails; one in the middle of it gets no mark, which a savepoint might take back. */
    private boolean mayAsk(Followed about, boolean isEnd) {
        boolean wants = numbers.areMarked() ? isEnd : !about.isAsked();
        return wants && cycles.isHealthy();
    }

    /** The end that comes next is made to roll back: there is no later time to ask; what is asked is answered in this place. */
    List<Expected> failsUnseen() {
        Followed about = isOn() ? around() : null;
        boolean asks = about != null && cycles.isHealthy() && !about.isAsked();
        cycles.spoil();
        return asks && about != null ? List.of(numbers.askApart(about)) : List.of();
    }

    /** A Sync is about to pass: what came since the last one is a transaction by itself, unless one was begun. */
    void syncs() {
        if (wanted && alone != null && isOn()) {
            numbers.ask(alone);
        }
        wanted = false;
        endsAlone(cycles.begin());
    }

    /** What was to go out was made to fail, or never went: there is nothing to ask. */
    void failsInPlace() {
        wanted = false;
    }

    /** The connection is cut before this statement is sent. */
    void neverSent(String site, Supplier<String> sql) {
        StatementKind kind = StatementKind.of(site);
        Followed around = around();
        if (around != null && (kind == StatementKind.COMMIT || kind == StatementKind.PREPARE)) {
            around.isMissed();
        }
        Followed never = around == null && alone == null ? followed() : null;
        if (never != null && kind == StatementKind.WRITE) {
            never.works(site);
            open = never;
        } else if (never != null && kind == StatementKind.COMMIT_PREPARED) {
            end(never, How.COMMIT_PREPARED, PreparedName.in(sql.get()), cycles.next());
        }
    }

    /** The server reported an error, to be shown; the session may be over with it. */
    void failed(String state, boolean isEnd) {
        if (endings.isFailed(state)) {
            return;
        }
        if (alone != null && endings.last() == null) {
            alone.failed(state);
        } else if (open != null && isEnd) {
            open.failed(state);
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
    }

    /** The client is told so. */
    void readyIsTold() {
        if (endings.areSent() && session.steps().mayLoseForClient()) {
            endings.mayBeUnheard();
        }
        if (!session.filter().isUnheard()) {
            endings.answered(this);
        }
    }

    /** The client says goodbye: what it has open is to be rolled back. */
    void disconnects() {
        endings.haveGoneOn(this);
        open = null;
        alone = null;
    }

    /** The connection is gone. */
    void closed() {
        endings.lost(this, session.replies().isCopyIn());
        Followed rest = open == null ? alone : open;
        if (rest != null && (rest.isAtWork() || rest.wasMissed())) {
            rest.lost(this);
        }
        open = null;
        alone = null;
    }
}
