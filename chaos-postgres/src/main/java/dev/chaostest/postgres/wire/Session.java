// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Steps;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What both directions of one connection know about it. */
final class Session {

    static final Set<String> MACHINERY =
            Set.of("org.postgresql.", "com.zaxxer.hikari.", "dev.chaostest.postgres.wire.");

    private final WireFilter filter;
    private final Mount mount;
    private final Replies replies = new Replies();
    private final Statements statements = new Statements();
    private final SqlSites sites = new SqlSites();
    private @Nullable Round round;
    private @Nullable Lane lane;
    private boolean inTransaction;
    private boolean tlsRefused;
    private @Nullable Call cutting;

    /** Their effect is there for good only when the server is ready again. */
    private final List<Call> untilReady = new ArrayList<>();

    Session(WireFilter filter, Mount mount) {
        this.filter = filter;
        this.mount = mount;
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

    boolean isArmed() {
        return mount.armed() != null;
    }

    Site site(String sql) {
        return sites.of(sql);
    }

    /** Asks the plan about a statement; null if nothing strikes. */
    @Nullable
    Call arrives(String sql) {
        Round now = mount.armed();
        if (now == null) {
            round = null;
            lane = null;
            return null;
        }
        if (isDoomed()) {
            return null;
        }
        Lane own = lane;
        if (now != round || own == null) {
            round = now;
            own = now.newLane("connection");
            lane = own;
        }
        Site site = site(sql);
        Strike strike = now.at(site, own, () -> sql, MACHINERY);
        return strike == null ? null : new Call(site.name(), strike);
    }

    /** Whether an earlier message that was sent takes the connection with it: what follows never comes to its answer. */
    private boolean isDoomed() {
        return !untilReady.isEmpty() || replies.hasCut();
    }

    /** Whether the server said that a transaction block is open. */
    boolean isInTransaction() {
        return inTransaction;
    }

    void transactionBegan() {
        inTransaction = true;
    }

    void ready(byte status) {
        inTransaction = status != 'I';
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
        filter.cut();
    }

    void tlsRefused() {
        tlsRefused = true;
    }

    boolean isTlsRefused() {
        return tlsRefused;
    }

    /** The connection is gone: whatever still waits for an answer gets none. */
    void closed() {
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
