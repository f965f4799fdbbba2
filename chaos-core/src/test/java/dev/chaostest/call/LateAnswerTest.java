// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a call that answers with a stage. */
@SuppressWarnings("FutureReturnValueIgnored") // of a call that is made for its effect
class LateAnswerTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    interface Quotes {
        CompletableFuture<String> quote(String symbol);

        CompletionStage<List<String>> all();
    }

    /** Answers when the test says so. */
    private static final class RealQuotes implements Quotes {
        private final CompletableFuture<String> quote = new CompletableFuture<>();
        private final CompletableFuture<List<String>> all = new CompletableFuture<>();
        private final List<String> reached = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch arrived = new CountDownLatch(1);
        private @Nullable RuntimeException trouble;

        @Override
        public CompletableFuture<String> quote(String symbol) {
            reached.add(symbol);
            arrived.countDown();
            if (trouble != null) {
                throw trouble;
            }
            return quote;
        }

        @Override
        public CompletionStage<List<String>> all() {
            return all.minimalCompletionStage();
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final RealQuotes real = new RealQuotes();
    private final AtomicReference<@Nullable ChaosScope> open = new AtomicReference<>();

    private Quotes quotes(Rule... rules) {
        ChaosScope scope = ChaosScope.open("quotes", Plan.of(new Seed(77), rules), time);
        open.set(scope);
        return scope.wrap(Quotes.class, real);
    }

    private ChaosScope scope() {
        return requireNonNull(open.get());
    }

    @AfterEach
    void close() {
        scope().close();
    }

    private static Rule on(Fault fault) {
        return Rule.of(Calls.to(Quotes.class, "quote"), Trigger.always(), fault);
    }

    private static Delay delay(When when) {
        return new Delay(Length.fixed(MINUTE), when);
    }

    private static <T> T result(CompletionStage<T> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private List<String> answers() {
        return scope().ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    @Test
    void delayBeforeHasTheObjectCalledLaterAndNobodyWaits() throws Exception {
        Quotes quotes = quotes(on(delay(When.BEFORE)));
        CompletableFuture<String> quote = quotes.quote("ACME");
        assertThat(quote).isNotDone();
        assertThat(real.reached).isEmpty();

        time.advance(MINUTE);
        assertThat(real.arrived.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        real.quote.complete("12");

        assertThat(result(quote)).isEqualTo("12");
        assertThat(answers()).containsExactly("late by 60s");
    }

    @Test
    void delayAfterBeginsWhenTheObjectAnswers() throws Exception {
        Quotes quotes = quotes(on(delay(When.AFTER)));
        CompletableFuture<String> quote = quotes.quote("ACME");
        assertThat(real.reached).containsExactly("ACME");
        assertThat(time.timers()).isEmpty();
        time.advance(Duration.ofHours(1));

        real.quote.complete("12");

        assertThat(time.timers()).containsExactly(MINUTE);
        assertThat(quote).isNotDone();
        time.advance(MINUTE);
        assertThat(result(quote)).isEqualTo("12");
    }

    @ParameterizedTest
    @EnumSource
    void hangLastsUntilItsRuleIsTakenOut(When when) throws Exception {
        real.quote.complete("12");
        Quotes quotes = quotes();
        Injection hang = scope().inject(on(new Hang(when)));
        CompletableFuture<String> quote = quotes.quote("ACME");
        time.advance(Duration.ofDays(1));
        assertThat(quote).isNotDone();

        hang.close();

        assertThat(result(quote)).isEqualTo("12");
        assertThat(real.reached).containsExactly("ACME");
        assertThat(answers()).containsExactly("released");
    }

    @Test
    void endOfTheScopeLetsTheCallGoOn() throws Exception {
        real.quote.complete("12");
        CompletableFuture<String> quote = quotes(on(new Hang(When.BEFORE))).quote("ACME");

        scope().close();

        assertThat(result(quote)).isEqualTo("12");
    }

    @Test
    void failureBeforeTheEffectIsInTheStage() {
        IOException reset = new IOException("reset");
        CompletableFuture<String> quote = quotes(on(Failure.of(() -> reset))).quote("ACME");

        assertThatThrownBy(() -> result(quote))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(reset);
        assertThat(real.reached).isEmpty();
        assertThat(answers()).containsExactly("java.io.IOException: reset");
    }

    @Test
    void failureAfterTheEffectComesWhereTheValueWould() {
        CompletableFuture<String> quote = quotes(
                        on(Failure.of(() -> new IOException("reset")).afterTheEffect()))
                .quote("ACME");
        assertThat(real.reached).containsExactly("ACME");
        assertThat(quote).isNotDone();

        real.quote.complete("12");

        assertThatThrownBy(() -> result(quote)).hasRootCauseMessage("reset");
    }

    @Test
    void laterValueIsChanged() throws Exception {
        CompletableFuture<String> quote = quotes(on(new ChangedResult("stale", value -> value + " of yesterday")))
                .quote("ACME");

        real.quote.complete("12");

        assertThat(result(quote)).isEqualTo("12 of yesterday");
        assertThat(answers()).containsExactly("stale");
    }

    @Test
    void changedValueOfAnotherTypeIsRefused() {
        real.quote.complete("12");
        CompletableFuture<String> quote = quotes(on(ChangedResult.to(12))).quote("ACME");

        assertThatThrownBy(() -> result(quote))
                .hasCauseInstanceOf(ChaosException.class)
                .cause()
                .hasMessage("A changed result of call:Quotes.quote must be of type java.lang.String, but \"12\" is a "
                        + "java.lang.Integer. Give a value of that type.");
    }

    @Test
    void changeThatThrowsFailsTheStage() {
        real.quote.complete("12");
        CompletableFuture<String> quote = quotes(on(new ChangedResult("broken", value -> {
                    throw new IllegalStateException("in the change");
                })))
                .quote("ACME");

        assertThatThrownBy(() -> result(quote)).cause().isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatTheObjectFailedWithComesAsItIs() {
        IOException own = new IOException("own");
        Quotes quotes = quotes(on(delay(When.AFTER)));
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        CompletableFuture<String> quote = quotes.quote("ACME");
        real.quote.completeExceptionally(own);
        CompletableFuture<String> told = quote.whenComplete((value, thrown) -> seen.set(thrown));
        time.advance(MINUTE);

        assertThatThrownBy(() -> result(told)).cause().isSameAs(own);
        assertThat(seen).hasValue(own);
    }

    @Test
    void wrappedFailureOfTheObjectStaysWrapped() {
        CompletionException own = new CompletionException(new IOException("own"));
        CompletableFuture<String> quote = quotes(on(ChangedResult.to("x"))).quote("ACME");
        real.quote.completeExceptionally(own);

        assertThatThrownBy(quote::join).isSameAs(own);
    }

    @Test
    void whatTheObjectThrowsOnBeingCalledComesThroughTheStage() {
        real.trouble = new IllegalArgumentException("unknown symbol");
        CompletableFuture<String> quote = quotes(on(ChangedResult.to("x"))).quote("ACME");

        assertThatThrownBy(() -> result(quote)).cause().isSameAs(real.trouble);
    }

    @Test
    void objectThatReturnsNoStageIsNamed() {
        Quotes none = new Quotes() {
            @Override
            @SuppressWarnings("NullAway") // what is tested
            public CompletableFuture<String> quote(String symbol) {
                return null;
            }

            @Override
            public CompletionStage<List<String>> all() {
                return real.all;
            }
        };
        quotes(on(ChangedResult.to("x")));
        Quotes quotes = scope().wrap(Quotes.class, none, Wrapping.named("none"));

        assertThatThrownBy(() -> result(quotes.quote("ACME")))
                .cause()
                .isExactlyInstanceOf(ChaosException.class)
                .hasMessage("What call:Quotes.quote returns must be a future, but was null. Have the wrapped object "
                        + "return one.");
    }

    @Test
    void cancellingEndsTheWaitAndTheObjectIsNotCalled() {
        Quotes quotes = quotes(on(delay(When.BEFORE)));
        CompletableFuture<String> quote = quotes.quote("ACME");
        assertThat(time.timers()).hasSize(1);

        assertThat(quote.cancel(true)).isTrue();

        assertThat(time.timers()).isEmpty();
        assertThat(answers()).containsExactly("cancelled");
        scope().close();
        assertThat(real.reached).isEmpty();
    }

    @Test
    void cancellingCancelsTheObjectsOwn() {
        CompletableFuture<String> quote = quotes(on(delay(When.AFTER))).quote("ACME");

        quote.cancel(true);

        assertThat(real.quote).isCancelled();
        assertThat(time.timers()).isEmpty();
        assertThat(answers()).containsExactly("cancelled");
    }

    @Test
    void cancellingDuringTheWaitAfterEndsIt() {
        CompletableFuture<String> quote = quotes(on(delay(When.AFTER))).quote("ACME");
        real.quote.complete("12");
        assertThat(time.timers()).hasSize(1);

        quote.cancel(true);

        assertThat(time.timers()).isEmpty();
        assertThat(quote).isCancelled();
    }

    @Test
    void timeOutOfTheCallerReachesTheObjectsOwn() {
        CompletableFuture<String> quote = quotes(on(delay(When.AFTER))).quote("ACME");
        TimeoutException late = new TimeoutException("too late for me");

        quote.completeExceptionally(late);

        assertThatThrownBy(real.quote::get).cause().isSameAs(late);
    }

    @Test
    void stageThatNobodyMayCompleteIsLeftAlone() throws Exception {
        Rule rule = Rule.of(Calls.to(Quotes.class, "all"), Trigger.always(), delay(When.AFTER));
        Quotes quotes = quotes(rule);
        CompletionStage<List<String>> cancelled = quotes.all();
        CompletionStage<List<String>> all = quotes.all();

        cancelled.toCompletableFuture().cancel(true);
        real.all.complete(List.of("12"));
        time.advance(MINUTE);

        assertThat(result(all)).containsExactly("12");
    }

    @Test
    void valueOfAGenericTypeCanBeChanged() throws Exception {
        Rule rule = Rule.of(Calls.to(Quotes.class, "all"), Trigger.always(), ChangedResult.to(List.of()));
        real.all.complete(List.of("12"));

        assertThat(result(quotes(rule).all())).isEmpty();
    }

    @Test
    void dependentsDoNotRunOnTheThreadThatMovesTime() throws Exception {
        Quotes quotes = quotes(on(delay(When.AFTER)));
        real.quote.complete("12");
        CompletableFuture<Thread> runner = quotes.quote("ACME").thenApply(value -> Thread.currentThread());

        Thread mover = new Thread(() -> time.advance(MINUTE), "test-mover");
        mover.start();

        assertThat(result(runner)).isNotSameAs(mover);
        mover.join(DEADLINE.toMillis());
    }

    @Test
    void sameHoldsForTheTimersOfTheSystem() throws Exception {
        Rule brief = on(new Delay(Length.fixed(Duration.ofMillis(1)), When.AFTER));
        real.quote.complete("12");
        try (ChaosScope scope = ChaosScope.open("quotes", Plan.of(new Seed(77), brief))) {
            open.set(scope);
            CompletableFuture<String> runner = scope.wrap(Quotes.class, real)
                    .quote("ACME")
                    .thenApply(value -> Thread.currentThread().getName());

            assertThat(result(runner)).isNotEqualTo("CompletableFutureDelayScheduler");
        }
    }

    @Test
    void severalStrikeInOrder() throws Exception {
        real.quote.complete("12");
        CompletableFuture<String> quote = quotes(
                        on(delay(When.BEFORE)),
                        on(ChangedResult.to("1")),
                        on(delay(When.AFTER)),
                        on(new ChangedResult("more", value -> value + "0")))
                .quote("ACME");
        time.advance(MINUTE);
        time.awaitTimers(1, DEADLINE);
        time.advance(MINUTE);

        assertThat(result(quote)).isEqualTo("10");
        assertThat(answers()).containsExactly("late by 60s", "1", "late by 60s", "more");
    }
}
