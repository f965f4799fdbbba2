// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a call that answers with a future that can only be asked. */
class LateFutureTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    interface Jobs {
        Future<String> submit(String job);
    }

    private final VirtualTime time = new VirtualTime();
    private final FutureTask<String> own = new FutureTask<>(() -> "done");
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AtomicReference<@Nullable ChaosScope> open = new AtomicReference<>();
    private final Jobs real = job -> {
        arrived.countDown();
        return own;
    };

    private Future<String> submitted(Fault... faults) {
        return submitted(real, faults);
    }

    private Future<String> submitted(Jobs jobs, Fault... faults) {
        Rule[] rules = java.util.Arrays.stream(faults)
                .map(fault -> Rule.of(Calls.to(Jobs.class), Trigger.always(), fault))
                .toArray(Rule[]::new);
        ChaosScope scope = ChaosScope.open("jobs", Plan.of(new Seed(77), rules), time);
        open.set(scope);
        return scope.wrap(Jobs.class, jobs).submit("report");
    }

    private ChaosScope scope() {
        return requireNonNull(open.get());
    }

    @AfterEach
    void close() {
        scope().close();
    }

    private static Delay delay(When when) {
        return new Delay(Length.fixed(MINUTE), when);
    }

    private static String result(Future<String> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void isTheObjectsOwnWhereNothingStrikes() {
        assertThat(submitted()).isSameAs(own);
    }

    @Test
    void delayAfterBeginsWhenSomebodyAsks() throws Exception {
        Future<String> future = submitted(delay(When.AFTER));
        assertThat(future.isDone()).isFalse();
        own.run();
        time.advance(Duration.ofHours(1));
        assertThat(time.timers()).isEmpty();

        assertThat(future.isDone()).as("the first question").isFalse();
        assertThat(time.timers()).containsExactly(MINUTE);
        time.advance(MINUTE);

        assertThat(result(future)).isEqualTo("done");
        assertThat(future.isDone()).isTrue();
        assertThat(future.get()).isEqualTo("done");
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.cancel(true)).isFalse();
    }

    @Test
    void getMeetsTheDelayItself() throws Exception {
        Future<String> future = submitted(delay(When.AFTER));
        FutureTask<String> caller = new FutureTask<>(future::get);
        Thread thread = new Thread(caller, "test-caller");
        thread.start();
        own.run();
        time.awaitTimers(1, DEADLINE);
        assertThat(caller.isDone()).isFalse();

        time.advance(MINUTE);

        assertThat(result(caller)).isEqualTo("done");
    }

    @Test
    void delayBeforeHasTheObjectCalledLater() throws Exception {
        own.run();
        Future<String> future = submitted(delay(When.BEFORE));
        assertThat(arrived.getCount()).isEqualTo(1);
        assertThat(future.isDone()).isFalse();

        time.advance(MINUTE);

        assertThat(result(future)).isEqualTo("done");
        assertThat(arrived.getCount()).isZero();
    }

    @Test
    void getGivesUpInTime() {
        Future<String> unanswered = submitted(delay(When.AFTER));

        assertThatThrownBy(() -> unanswered.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        own.run();
        assertThatThrownBy(() -> unanswered.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(time.timers()).hasSize(1);
    }

    @Test
    void getGivesUpInTimeBeforeTheObjectIsCalled() {
        Future<String> future = submitted(new Hang(When.BEFORE));

        assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void hangGoesOnWhenTheScopeEnds() throws Exception {
        own.run();
        Future<String> future = submitted(new Hang(When.AFTER));
        assertThat(future.isDone()).isFalse();

        scope().close();

        assertThat(result(future)).isEqualTo("done");
    }

    @Test
    void failureIsMetByGet() {
        IOException reset = new IOException("reset");
        Future<String> before = submitted(Failure.of(() -> reset));
        assertThat(before.isDone()).isTrue();
        assertThatThrownBy(before::get)
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(reset);
        assertThat(arrived.getCount()).isEqualTo(1);
        scope().close();

        own.run();
        Future<String> after = submitted(Failure.of(() -> reset).afterTheEffect());
        assertThatThrownBy(() -> result(after)).cause().isSameAs(reset);
        assertThat(arrived.getCount()).isZero();
    }

    @Test
    void changedResultIsMetByGet() throws Exception {
        own.run();

        assertThat(result(submitted(ChangedResult.to("changed")))).isEqualTo("changed");
    }

    @Test
    void whatTheObjectFailedWithComesAsItIs() {
        IOException ownTrouble = new IOException("own");
        FutureTask<String> failing = new FutureTask<>(() -> {
            throw ownTrouble;
        });
        failing.run();
        Future<String> future = submitted(job -> failing, ChangedResult.to("changed"));

        assertThatThrownBy(() -> result(future)).cause().isSameAs(ownTrouble);
    }

    @Test
    void cancellingCancelsTheObjectsOwn() {
        Future<String> future = submitted(delay(When.AFTER));

        assertThat(future.cancel(true)).isTrue();

        assertThat(own.isCancelled()).isTrue();
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }

    @Test
    void cancellingTheObjectsOwnCancelsThis() {
        Future<String> future = submitted(delay(When.AFTER));
        own.cancel(true);
        assertThat(future.isDone()).isFalse();
        time.advance(MINUTE);

        assertThatThrownBy(() -> result(future)).isInstanceOf(CancellationException.class);
        assertThat(future.isCancelled()).isTrue();
    }

    @Test
    void cancellingBeforeTheObjectIsCalledEndsTheWait() {
        Future<String> future = submitted(delay(When.BEFORE));

        assertThat(future.cancel(false)).isTrue();

        assertThat(time.timers()).isEmpty();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        assertThat(arrived.getCount()).isEqualTo(1);
    }

    @Test
    void interruptEndsGetAndNothingElse() throws Exception {
        Future<String> future = submitted(delay(When.AFTER));
        own.run();
        Thread.currentThread().interrupt();
        assertThat(future.isDone()).isFalse();
        assertThatThrownBy(future::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();

        time.advance(MINUTE);

        assertThat(result(future)).isEqualTo("done");
    }

    @Test
    void stageBehindAFutureTellsByItself() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Future<String> future = submitted(job -> stage, delay(When.AFTER));
        stage.complete("done");
        assertThat(time.timers()).as("without a question").hasSize(1);
        time.advance(MINUTE);

        assertThat(result(future)).isEqualTo("done");
    }
}
