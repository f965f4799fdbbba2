// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.link.CutKind;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Strike;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.Provocation;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SilentRollback;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One hit that something strikes, until the last of it is reported. */
final class Call {

    static final String LOST = "no answer, the connection ended";

    private final String site;
    private final Strike strike;
    private final Waits waits;
    private final long cancels;
    /** Lasting as soon as the ledger says that they fired, or a cancel would miss them. */
    private final List<Hold> before;

    private @Nullable Blow error;
    private @Nullable Blow slow;
    private @Nullable Blow unseen;
    private @Nullable Blow cutAfter;
    private @Nullable Blow cutAsked;
    private Cause cause;
    private boolean answerSeen;

    Call(String site, Strike strike, Waits waits) {
        this.site = site;
        this.strike = strike;
        this.waits = waits;
        this.cancels = waits.cancels();
        this.error =
                strike.first(ServerError.class).filter(blow -> !isCut(blow)).orElse(null);
        this.slow = strike.first(SlowStatement.class).orElse(null);
        this.unseen = strike.first(SilentRollback.class).orElse(null);
        ServerError planned = error();
        this.cause = planned == null ? Cause.REAL : planned.how().cause();
        this.cutAfter = cut(When.AFTER);
        this.before = waits(When.BEFORE).stream().map(waits::begin).toList();
    }

    private static boolean isCut(Blow blow) {
        return blow.fault() instanceof Cut
                || (blow.fault() instanceof ServerError error && error.how() == Provocation.CUT);
    }

    /** The first fault of a kind that this does not carry out by itself. */
    Optional<Blow> first(Class<? extends Fault> kind) {
        return strike.first(kind);
    }

    /** The normalised text. */
    String site() {
        return site;
    }

    /** What the client sent. */
    String text() {
        return strike.blows().get(0).fired().text();
    }

    /** What the server is to raise instead; null for nothing. */
    @Nullable
    ServerError error() {
        return error != null && error.fault() instanceof ServerError fault ? fault : null;
    }

    /** What the server is to do first, inside the statement; null for nothing. */
    @Nullable
    SlowStatement slow() {
        return slow != null && slow.fault() instanceof SlowStatement fault ? fault : null;
    }

    /** What is to be done to it behind the client's back; null for nothing. */
    @Nullable
    Blow sabotage() {
        return strike.first(Sabotage.class).orElse(null);
    }

    /** A message that is answered as a whole can't be made slow. */
    void withoutSlowness() {
        if (slow != null) {
            slow.refused("the client sent it as a simple query. Use preferQueryMode=extended, or a Delay");
        }
        slow = null;
    }

    /** Whether its transaction is to fail before, unseen. */
    boolean failsUnseen() {
        return unseen != null;
    }

    /** Nothing can be sent before it. */
    void refusedUnseen() {
        if (unseen != null) {
            unseen.refused("the COMMIT must be the first thing that the client sends after its last answer, in a "
                    + "transaction that was begun before. Don't pipeline it with other statements");
        }
        unseen = null;
    }

    /** The server answered with this tag. */
    void completed(String tag) {
        report(unseen, tag);
        unseen = null;
    }

    /** Whether the session is to end since it has nothing to do. */
    boolean endsIdle() {
        ServerError planned = error();
        return planned != null && planned.how() == Provocation.IDLE_TIMEOUT;
    }

    /** It can't be brought about as planned. */
    void lessTrue(Cause instead) {
        cause = instead;
    }

    boolean isCutBefore() {
        return cut(When.BEFORE) != null;
    }

    boolean isCutAfter() {
        return cutAfter != null;
    }

    /** Whether one CommandComplete is its whole answer. */
    boolean isSingle() {
        return SqlSites.isSingle(site);
    }

    boolean isCommit() {
        return SqlSites.isCommit(site);
    }

    boolean isNeeded() {
        return error != null
                || slow != null
                || unseen != null
                || cutAfter != null
                || !waits(When.AFTER).isEmpty();
    }

    /** Whether what comes after the effect has struck already; false the first time only. */
    boolean isAnswerSeen() {
        boolean before = answerSeen;
        answerSeen = true;
        return before;
    }

    void cutBefore(Steps steps) {
        cut(steps, cut(When.BEFORE));
        missed(Cut.CAME_BACK);
    }

    void cutAfter(Steps steps) {
        Blow blow = cutAfter;
        cutAfter = null;
        cut(steps, blow);
    }

    private void cut(Steps steps, @Nullable Blow blow) {
        cutAsked = blow;
        boolean reset = blow != null && blow.fault() instanceof Cut cut && cut.isReset();
        steps.cut(reset ? CutKind.RST : CutKind.FIN, () -> {
            report(cutAsked, Cut.CAME_BACK);
            cutAsked = null;
        });
    }

    /** Makes one direction wait; what waits is answered. */
    List<Hold> hold(When when, Consumer<Hold> direction) {
        List<Hold> holds = when == When.BEFORE
                ? before
                : waits(When.AFTER).stream()
                        .map(blow -> waits.begin(blow, cancels))
                        .toList();
        holds.forEach(direction);
        return holds;
    }

    /** Whether it has not even left for the server. */
    boolean isStillHeld() {
        return before.stream().anyMatch(hold -> hold.end().isEmpty());
    }

    /** Nobody waits for an answer, so nobody can be made to wait for it. */
    void withoutAnswer() {
        waits(When.AFTER).forEach(blow -> report(blow, "none: the client does not wait for it"));
        answerSeen = true;
    }

    /** Nobody waits at all. */
    void withoutWaiting() {
        before.forEach(Hold::abandon);
        withoutAnswer();
    }

    /** The server failed it with this state. */
    void failed(String state) {
        if (error != null) {
            boolean planned = error.fault().mustComeBack().filter(state::equals).isPresent();
            if (planned) {
                error.answered(state, cause);
            } else {
                error.answered(state);
            }
        }
        error = null;
        report(slow, state);
        slow = null;
        completed(state);
    }

    /** The server answered without an error. */
    void succeeded() {
        failed("no error");
    }

    /** The server never came to it. */
    void skipped(String answer) {
        missed(answer);
    }

    /** The connection ended first. */
    void lost() {
        missed(LOST);
        report(cutAsked, LOST);
        cutAsked = null;
    }

    /** What was to come with or after the answer does not come. */
    private void missed(String answer) {
        failed(answer);
        report(cutAfter, answer);
        cutAfter = null;
        if (!isAnswerSeen()) {
            waits(When.AFTER).forEach(blow -> report(blow, "none: " + answer));
        }
    }

    private static void report(@Nullable Blow blow, String answer) {
        if (blow != null) {
            blow.answered(answer);
        }
    }

    private List<Blow> waits(When when) {
        return strike.blows().stream()
                .filter(blow -> blow.fault() instanceof Delay || blow.fault() instanceof Hang)
                .filter(blow -> blow.fault().strikes() == when)
                .toList();
    }

    private @Nullable Blow cut(When when) {
        return strike.blows().stream()
                .filter(Call::isCut)
                .filter(blow -> blow.fault().strikes() == when)
                .findFirst()
                .orElse(null);
    }
}
