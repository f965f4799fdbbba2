// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Strike;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One hit that something strikes, until the last of it is reported. */
final class Call {

    private static final String LOST = "no answer, the connection ended";

    private final String site;
    private final Strike strike;
    private @Nullable Blow error;
    private @Nullable Blow cutAfter;
    private @Nullable Blow cutAsked;
    private boolean answerSeen;

    Call(String site, Strike strike) {
        this.site = site;
        this.strike = strike;
        this.error = strike.first(ServerError.class).orElse(null);
        this.cutAfter = cut(When.AFTER);
    }

    /** The normalised text. */
    String site() {
        return site;
    }

    /** What the server is to raise instead; null for nothing. */
    @Nullable
    ServerError error() {
        return error != null && error.fault() instanceof ServerError fault ? fault : null;
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
        return error != null || cutAfter != null || !delays(When.AFTER).isEmpty();
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
        steps.cut(() -> {
            report(cutAsked, Cut.CAME_BACK);
            cutAsked = null;
        });
    }

    void hold(When when, Consumer<Hold> direction) {
        delays(when).forEach(blow -> direction.accept(hold(blow)));
    }

    private static Hold hold(Blow blow) {
        Duration length = ((Delay) blow.fault()).length(blow.draw());
        AtomicReference<@Nullable Runnable> unregister = new AtomicReference<>();
        Hold hold = new Hold(length, end -> {
            blow.answered(print(length, end));
            Runnable over = unregister.getAndSet(null);
            if (over != null) {
                over.run();
            }
        });
        unregister.set(blow.round().whenOver(hold::release));
        return hold;
    }

    private static String print(Duration length, Hold.End end) {
        String after = "after " + Durations.print(length);
        return switch (end) {
            case DUE -> after;
            case RELEASED -> "before " + Durations.print(length) + " were over, the round ended";
            case CLOSED -> "before " + Durations.print(length) + " were over, the connection ended";
        };
    }

    /** The server failed it with this state. */
    void failed(String state) {
        report(error, state);
        error = null;
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
            delays(When.AFTER).forEach(blow -> report(blow, "none: " + answer));
        }
    }

    private static void report(@Nullable Blow blow, String answer) {
        if (blow != null) {
            blow.answered(answer);
        }
    }

    private List<Blow> delays(When when) {
        return strike.all(Delay.class).stream()
                .filter(blow -> blow.fault().strikes() == when)
                .toList();
    }

    private @Nullable Blow cut(When when) {
        return strike.all(Cut.class).stream()
                .filter(blow -> blow.fault().strikes() == when)
                .findFirst()
                .orElse(null);
    }
}
