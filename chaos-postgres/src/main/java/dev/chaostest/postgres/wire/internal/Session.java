// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Callers;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.protocol.internal.BackendKey;
import dev.chaostest.postgres.wire.protocol.internal.Statements;
import dev.chaostest.postgres.wire.sql.internal.Preparation;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What both directions of one connection know about it. */
public final class Session {

    static final Set<String> MACHINERY =
            Set.of("org.postgresql.", "com.zaxxer.hikari.", "dev.chaostest.postgres.wire.");

    private final WireFilter filter;
    private final Shared shared;
    private final Mount mount;
    private final Backends backends;
    private final Optional<String> openedBy;
    private final Replies replies = new Replies();
    private final Statements statements = new Statements();
    private final SqlSites sites = new SqlSites();
    private final Arrivals arrivals;
    private final Transactions transactions;
    private @Nullable BackendKey key;

    private final Preparation preparation = new Preparation();
    private final FailedTransaction failed;
    private volatile boolean wasCut;
    private volatile boolean abandoned;
    private boolean inTransaction;
    private boolean failedTransaction;
    private final Cover cover = new Cover(this);
    private @Nullable Call cutting;

    /** Their effect is there for good only when the server is ready again. */
    private final List<Call> untilReady = new ArrayList<>();

    Session(WireFilter filter, Shared shared, Optional<String> openedBy) {
        this.filter = filter;
        this.shared = shared;
        this.mount = shared.mount();
        this.backends = shared.backends();
        this.openedBy = openedBy;
        this.failed = new FailedTransaction(shared.refused());
        this.arrivals = new Arrivals(this, mount, new Waits(shared.hopeless()));
        this.transactions = new Transactions(this, shared);
    }

    WireFilter filter() {
        return filter;
    }

    Steps steps() {
        return filter.steps();
    }

    Replies replies() {
        return replies;
    }

    Statements statements() {
        return statements;
    }

    Transactions transactions() {
        return transactions;
    }

    /** Whether those who wait here would wait for ever. */
    Hopeless hopeless() {
        return shared.hopeless();
    }

    LockedKey locked() {
        return shared.locked().get();
    }

    /** The round that is armed; null if none is. */
    @Nullable
    Round round() {
        return mount.armed();
    }

    boolean isArmed() {
        return mount.armed() != null;
    }

    /** The site of a statement. */
    Site site(String sql) {
        return sites.of(sql);
    }

    /** The site of the rows of a statement; null while nobody asks. */
    @Nullable
    Site rowsOf(Site statement) {
        return isArmed() ? sites.rowsOf(statement) : null;
    }

    /** Asks the plan about a statement; null if nothing strikes. */
    @Nullable
    Call arrives(Site site, Supplier<String> text) {
        return arrivals.of(site, text);
    }

    /** Asks the plan about something that is sent here, but is about another connection if that is known. */
    @Nullable
    Call arrivesFor(Optional<Session> other, Site site) {
        return arrivals.about(other.orElse(this).arrivals, site);
    }

    /** Whether an earlier message that was sent takes the connection with it: what follows never comes to its answer. */
    boolean isDoomed() {
        return !untilReady.isEmpty() || replies.hasCut();
    }

    /**
     * The client gives up what it waits for; answers whether it waited here and not for the server. Where only an answer
     * was late, the server may still be at work: it must be told.
     */
    boolean cancelWait() {
        return arrivals.cancelWait();
    }

    /** Another connection of this mount, or of any other. */
    Optional<Session> other(BackendKey of) {
        return backends.find(of).or(() -> backends.findElsewhere(of));
    }

    /** The server told who serves this connection. */
    void served(BackendKey by) {
        key = by;
        transactions.served(by.pid());
        backends.opened(by, this, openedBy);
    }

    /** Whether the server said that a transaction block is open. */
    boolean isInTransaction() {
        return inTransaction;
    }

    /** Whether the server said that a transaction block is open, and has not failed. */
    boolean isHealthy() {
        return inTransaction && !failedTransaction;
    }

    /** Whether a transaction block is open as far as the client has said; only while armed. */
    boolean isInBlock() {
        return arrivals.isInBlock();
    }

    /** How answers to what was sabotaged look. */
    Cover cover() {
        return cover;
    }

    void transactionBegan() {
        inTransaction = true;
    }

    void ready(byte status) {
        inTransaction = status != 'I';
        failed.ready(status);
        failedTransaction = status == 'E';
        // A client that doesn't wait has bound portals of the next cycle already: those are still to come.
        if (!inTransaction && replies.first() == null) {
            statements.transactionEnded();
        }
    }

    List<Call> untilReady() {
        return untilReady;
    }

    /** The connection ends here, because of this call: nothing that follows is said or counted. */
    void cut(Call call) {
        cutting = call;
        wasCut = true;
        filter.cut();
    }

    /** Whether it does not survive what comes before the effect of this call. */
    boolean isCutBefore(Call call) {
        if (!call.isCutBefore()) {
            return false;
        }
        transactions.neverSent(call.site(), call::text);
        call.cutBefore(steps());
        cut(call);
        return true;
    }

    /** A fault of ours ends it from outside. */
    void ends() {
        wasCut = true;
    }

    /**
     * Has the server cancel what this session does.
     *
     * @param done told when it has its signal
     * @return what waits until that is so
     */
    Runnable cancelOnServer(Runnable done) {
        BackendKey by = key;
        if (by == null) {
            done.run();
            return () -> {};
        }
        return shared.cancels().send(by, done);
    }

    /** Whether a fault of ours ended the connection, so that the server may not know yet. */
    boolean wasCut() {
        return wasCut;
    }

    /** Whether every statement is to be told of before it goes out. */
    boolean isObserved() {
        return shared.announcer().get().isPresent();
    }

    /** The client says goodbye. */
    void disconnects() {
        transactions.disconnects();
        abandoned = Garbage.isBeingCollected();
    }

    /** Whether nobody closed it but the driver, when the connection was garbage. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** A statement is about to go out; it may prepare a transaction. */
    void sends(String sql) {
        preparation.sent(sql);
        BackendKey by = key;
        if (by != null) {
            failed.sends(by.pid(), () -> site(sql).name());
            shared.announcer().get().ifPresent(announcer -> announce(announcer, by.pid(), sql));
        }
    }

    private void announce(Announcer announcer, int pid, String sql) {
        Hold hold = announcer.announce(pid, sql, Optional.ofNullable(Callers.nearest(MACHINERY)));
        if (hold.end().isEmpty()) {
            steps().holdToServer(hold);
        }
    }

    /** A statement is complete. */
    void completed(String tag) {
        String gid = preparation.completed(tag);
        if (gid != null) {
            backends.prepared(gid);
        }
    }

    /** The server reported an error. */
    void failed(String state) {
        preparation.failed();
        failed.answered(state);
    }

    /** The connection is gone: whatever still waits for an answer gets none. */
    void closed() {
        if (key != null) {
            backends.closed(key, this);
        }
        transactions.closed();
        for (Expected expected : replies.all()) {
            Call call = expected.call();
            if (call != null) {
                call.lost();
            }
        }
        untilReady.forEach(Call::lost);
        Call last = cutting;
        if (last != null) {
            last.lost();
        }
    }
}
