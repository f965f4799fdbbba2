// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
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
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a call that answers by returning. */
class DirectCallTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    interface Account {
        int balance();

        void book(int amount) throws IOException;

        String waitFor(String event) throws InterruptedException;

        @Nullable
        String note();
    }

    /** Writes down what reached it. */
    private static final class RealAccount implements Account {
        private final List<String> reached = Collections.synchronizedList(new ArrayList<>());
        private @Nullable RuntimeException trouble;

        @Override
        public int balance() {
            reached.add("balance");
            if (trouble != null) {
                throw trouble;
            }
            return 100;
        }

        @Override
        public void book(int amount) {
            reached.add("book " + amount);
        }

        @Override
        public String waitFor(String event) {
            reached.add("waitFor");
            return event;
        }

        @Override
        public @Nullable String note() {
            return null;
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final RealAccount real = new RealAccount();
    private final AtomicReference<@Nullable ChaosScope> open = new AtomicReference<>();

    private Account account(Rule... rules) {
        ChaosScope scope = ChaosScope.open("account", Plan.of(new Seed(77), rules), time);
        open.set(scope);
        return scope.wrap(Account.class, real);
    }

    private ChaosScope scope() {
        return requireNonNull(open.get());
    }

    @AfterEach
    void close() {
        ChaosScope scope = open.get();
        if (scope != null) {
            scope.close();
        }
    }

    private static Rule on(String method, Fault fault) {
        return Rule.of(Calls.to(Account.class, method), Trigger.always(), fault);
    }

    private static Delay delay(When when) {
        return new Delay(Length.fixed(MINUTE), when);
    }

    private List<String> answers() {
        return scope().ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    /** A caller on a thread of its own. */
    private static <T> Caller<T> call(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "test-caller");
        thread.setDaemon(true);
        thread.start();
        return new Caller<>(thread, task);
    }

    private record Caller<T>(Thread thread, FutureTask<T> task) {
        T result() throws InterruptedException, ExecutionException, TimeoutException {
            return task.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Nested
    class Waits {

        @ParameterizedTest
        @EnumSource
        void delayLastsAsLongAsItSays(When when) throws Exception {
            Account account = account(on("balance", delay(when)));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);
            assertThat(real.reached).hasSize(when == When.BEFORE ? 0 : 1);
            time.advance(MINUTE.minusNanos(1));
            assertThat(time.timers()).containsExactly(Duration.ofNanos(1));
            assertThat(caller.task.isDone()).isFalse();

            time.advance(Duration.ofNanos(1));

            assertThat(caller.result()).isEqualTo(100);
            assertThat(real.reached).containsExactly("balance");
            assertThat(answers()).containsExactly("late by 60s");
        }

        @Test
        void lengthIsDrawnFromTheSeed() throws Exception {
            Length uneven = Length.uniform(Duration.ofSeconds(1), Duration.ofSeconds(9));
            Account account = account(on("balance", new Delay(uneven, When.BEFORE)));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);
            Duration drawn = time.timers().get(0);

            time.advance(drawn);

            assertThat(caller.result()).isEqualTo(100);
            assertThat(drawn).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
            assertThat(answers()).containsExactly("late by " + Durations.print(drawn));
        }

        @ParameterizedTest
        @EnumSource
        void hangLastsUntilItsRuleIsTakenOut(When when) throws Exception {
            Account account = account();
            Injection hang = scope().inject(on("balance", new Hang(when)));
            Caller<Integer> caller = callThatStrikes(account);
            time.advance(Duration.ofDays(1));
            assertThat(caller.task.isDone()).isFalse();

            hang.close();

            assertThat(caller.result()).isEqualTo(100);
            assertThat(real.reached).containsExactly("balance");
            assertThat(answers()).containsExactly("released");
        }

        private Caller<Integer> callThatStrikes(Account account) throws InterruptedException {
            try (var fired = scope().ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                Caller<Integer> caller = call(account::balance);
                fired.await(DEADLINE);
                return caller;
            }
        }

        @ParameterizedTest
        @EnumSource
        void hangLastsUntilTheScopeIsHealed(When when) throws Exception {
            Account account = account(on("balance", new Hang(when)));
            Caller<Integer> caller = callThatStrikes(account);

            scope().heal();

            assertThat(caller.result()).isEqualTo(100);
        }

        @Test
        void delayIsCutShortByHealing() throws Exception {
            Account account = account(on("balance", delay(When.AFTER)));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);

            scope().heal();

            assertThat(caller.result()).isEqualTo(100);
            assertThat(time.timers()).isEmpty();
            assertThat(answers()).containsExactly("released");
        }

        @Test
        void failureThatComesToItsTurnAfterHealingDoesNotStrike() throws Exception {
            Account account = account(
                    on("balance", delay(When.BEFORE)),
                    on("balance", Failure.of(() -> new IllegalStateException("no"))));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);

            scope().heal();

            assertThat(caller.result()).isEqualTo(100);
            assertThat(answers()).containsExactly("released", "healed");
        }

        @Test
        void severalStrikeInOrder() throws Exception {
            Account account = account(
                    on("balance", ChangedResult.to(1)),
                    on("balance", delay(When.AFTER)),
                    on("balance", new Delay(Length.fixed(Duration.ofSeconds(1)), When.BEFORE)),
                    on("balance", new ChangedResult("ten times", value -> (Integer) requireNonNull(value) * 10)));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);
            assertThat(time.timers()).containsExactly(Duration.ofSeconds(1));
            assertThat(real.reached).isEmpty();
            time.advance(Duration.ofSeconds(1));
            time.awaitTimers(1, DEADLINE);
            assertThat(time.timers()).containsExactly(MINUTE);
            time.advance(MINUTE);

            assertThat(caller.result()).isEqualTo(10);
            assertThat(answers()).containsExactly("late by 1s", "1", "late by 60s", "ten times");
        }
    }

    @Nested
    class Interrupts {

        @Test
        void comeAsAnInterruptedExceptionWhereTheMethodMayThrowOne() throws Exception {
            Account account = account(on("waitFor", new Hang(When.BEFORE)));
            AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
            Throwable seen = interrupted(() -> account.waitFor("go"), flag);

            assertThat(seen).isExactlyInstanceOf(InterruptedException.class);
            assertThat(flag).hasValue(false);
            assertThat(real.reached).isEmpty();
            assertThat(answers()).containsExactly("interrupted");
        }

        @Test
        void comeAsAnInterruptedIoExceptionWhereTheMethodMayThrowThat() throws Exception {
            Account account = account(on("book", new Hang(When.AFTER)));
            AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
            Throwable seen = interrupted(
                    () -> {
                        account.book(5);
                        return null;
                    },
                    flag);

            assertThat(seen)
                    .isExactlyInstanceOf(InterruptedIOException.class)
                    .hasMessage("interrupted during call:Account.book")
                    .hasCauseExactlyInstanceOf(InterruptedException.class);
            assertThat(flag).hasValue(true);
            assertThat(real.reached).containsExactly("book 5");
        }

        @Test
        void comeAsOurOwnExceptionElsewhereAndTheFlagStays() throws Exception {
            Account account = account(on("balance", delay(When.BEFORE)));
            AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
            Throwable seen = interrupted(account::balance, flag);

            assertThat(seen)
                    .isExactlyInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A wait at call:Account.balance must end before the caller is interrupted, but did not. "
                                    + "Expect this exception, or declare InterruptedException on the method.")
                    .hasCauseExactlyInstanceOf(InterruptedException.class);
            assertThat(flag).hasValue(true);
            assertThat(time.timers()).as("nothing waits any more").isEmpty();
        }

        @Test
        void doNotLoseWhatTheObjectThrew() throws Exception {
            real.trouble = new IllegalStateException("overdrawn");
            Account account = account(on("balance", new Hang(When.AFTER)));

            Throwable seen = interrupted(account::balance, new AtomicReference<>());

            assertThat(requireNonNull(seen).getSuppressed()).containsExactly(real.trouble);
        }

        /** What the caller saw, and its interrupt flag behind it. */
        private @Nullable Throwable interrupted(Callable<?> call, AtomicReference<@Nullable Boolean> flag)
                throws Exception {
            try (var fired = scope().ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                Caller<@Nullable Throwable> caller = call(() -> {
                    Throwable thrown = catchThrowable(call::call);
                    flag.set(Thread.currentThread().isInterrupted());
                    return thrown;
                });
                fired.await(DEADLINE);
                caller.thread.interrupt();
                return caller.result();
            }
        }
    }

    @Nested
    class Failures {

        @Test
        void beforeTheEffectTheObjectIsNotReached() {
            IllegalStateException down = new IllegalStateException("down");
            Account account = account(on("balance", Failure.of(() -> down)));

            assertThatThrownBy(account::balance).isSameAs(down);
            assertThat(real.reached).isEmpty();
            assertThat(answers()).containsExactly("java.lang.IllegalStateException: down");
        }

        @Test
        void afterTheEffectTheObjectDidItsWork() {
            Account account = account(
                    on("book", Failure.of(() -> new IOException("reset")).afterTheEffect()));

            assertThatThrownBy(() -> account.book(7))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("reset");
            assertThat(real.reached).containsExactly("book 7");
        }

        @Test
        void afterTheEffectWhatTheObjectThrewIsSuppressed() {
            real.trouble = new IllegalStateException("overdrawn");
            Account account = account(on(
                    "balance",
                    Failure.of(() -> new IllegalArgumentException("lost")).afterTheEffect()));

            assertThat(catchThrowable(account::balance))
                    .hasMessage("lost")
                    .satisfies(seen -> assertThat(seen.getSuppressed()).containsExactly(real.trouble));
        }

        @Test
        void answerCanBeLateToo() throws Exception {
            Account account = account(
                    on("balance", Failure.of(() -> new IllegalStateException("down"))),
                    on("balance", delay(When.AFTER)));
            Caller<Integer> caller = call(account::balance);
            time.awaitTimers(1, DEADLINE);
            time.advance(MINUTE);

            assertThatThrownBy(caller::result).hasRootCauseMessage("down");
            assertThat(real.reached).isEmpty();
        }

        @Test
        void errorsAreFailuresToo() {
            Account account = account(on("balance", Failure.of(() -> new StackOverflowError("deep"))));

            assertThatThrownBy(account::balance).isExactlyInstanceOf(StackOverflowError.class);
        }

        @Test
        void checkedExceptionThatIsNotDeclaredIsRefusedAndMakesTheTestRed() {
            Account account = account(on("balance", Failure.of(() -> new IOException("reset"))));

            String why = "A failure at call:Account.balance must be unchecked or declared by the method, but was a "
                    + "java.io.IOException. Declare it there, or throw what the caller can meet.";
            assertThatThrownBy(account::balance)
                    .isExactlyInstanceOf(ChaosException.class)
                    .hasMessage(why);
            assertThat(real.reached).isEmpty();
            assertThatThrownBy(scope()::verify)
                    .isInstanceOf(UnfulfilledPlanError.class)
                    .hasMessageContaining("planned was failure java.io.IOException: reset before the effect at "
                            + "call:Account.balance, 1st on lane Account-1, but it could not be carried out: " + why);
        }

        @Test
        @SuppressWarnings("NullAway") // what is tested
        void supplierThatMakesNothingIsRefused() {
            Account account = account(on("balance", new Failure("nothing", () -> null, When.BEFORE)));

            assertThatThrownBy(account::balance)
                    .isExactlyInstanceOf(ChaosException.class)
                    .hasMessage("The failure \"nothing\" at call:Account.balance must make an exception, but made "
                            + "null. Have its supplier return a new one.");
        }
    }

    @Nested
    class ChangedResults {

        @Test
        void comeInPlaceOfTheObjects() {
            Account account = account(
                    on("balance", ChangedResult.to(5)),
                    on("waitFor", new ChangedResult("twice", value -> "" + value + value)),
                    on("note", ChangedResult.to("changed")));

            assertThat(account.balance()).isEqualTo(5);
            assertThat(account.note()).isEqualTo("changed");
            assertThat(real.reached).containsExactly("balance");
            assertThat(answers()).containsExactly("5", "changed");
        }

        @Test
        void mayBeNullWhereThatIsAValue() throws Exception {
            Account account = account(on("waitFor", ChangedResult.to(null)), on("book", ChangedResult.to(null)));

            assertThat(account.waitFor("go")).isNull();
            account.book(1);
        }

        @Test
        void doNotHideWhatTheObjectThrew() {
            real.trouble = new IllegalStateException("overdrawn");
            Account account = account(on("balance", ChangedResult.to(5)));

            assertThatThrownBy(account::balance).isSameAs(real.trouble);
            assertThat(answers()).containsExactly("its own java.lang.IllegalStateException");
        }

        @Test
        void nullForAPrimitiveIsRefused() {
            Account account = account(on("balance", ChangedResult.to(null)));

            assertThatThrownBy(account::balance)
                    .isExactlyInstanceOf(ChaosException.class)
                    .hasMessage("A changed result of call:Account.balance must be of type int, but \"null\" is null. "
                            + "Give a value of that type.");
        }

        @Test
        void anotherTypeIsRefused() {
            Account account = account(on("balance", ChangedResult.to(5L)), on("book", ChangedResult.to(5)));

            assertThatThrownBy(account::balance)
                    .hasMessage("A changed result of call:Account.balance must be of type int, but \"5\" is a "
                            + "java.lang.Long. Give a value of that type.");
            assertThatThrownBy(() -> account.book(1))
                    .hasMessage("A changed result of call:Account.book must be of type void, but \"5\" is a "
                            + "java.lang.Integer. Give a value of that type.");
            assertThatThrownBy(scope()::verify).hasMessageContaining("could not be carried out");
        }
    }

    /** A scope refuses it earlier; what a fault does from hit to hit is not known then. */
    @Test
    void faultThatNoCallCanMeetIsRefusedAtTheHit() {
        Wrapped<Account> wrapped = CallSeam.wrap(Account.class, real);
        Round round = new Round("account", Plan.of(new Seed(77)), time);
        wrapped.mount().arm(round);
        Runnable takeOut = round.add(on("balance", new Cut(When.BEFORE)));

        assertThatThrownBy(wrapped.proxy()::balance)
                .isExactlyInstanceOf(ChaosException.class)
                .hasMessage(
                        "What strikes at call:Account.balance must be a delay, a hang, a failure or a changed "
                                + "result, but was \"connection lost before the effect (nothing was sent)\". Use one of those.");
        takeOut.run();
        assertThat(wrapped.proxy().balance()).isEqualTo(100);
    }

    @Test
    void dryRunStrikesNothing() {
        ChaosScope dry = ChaosScope.openDryRun("account", Plan.of(new Seed(77), on("balance", new Hang(When.BEFORE))));
        open.set(dry);
        Account account = dry.wrap(Account.class, real);

        assertThat(account.balance()).isEqualTo(100);
        assertThat(dry.fired()).isEmpty();
        assertThat(dry.dryRun()).isPresent();
    }

    @Test
    void pooledThreadThatWaitsRunsNothingElseMeanwhile() throws Exception {
        Account account = account(on("balance", new Hang(When.BEFORE)));
        try (var fired = scope().ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            CompletableFuture<Integer> pooled = CompletableFuture.supplyAsync(account::balance);
            fired.await(DEADLINE);

            scope().heal();

            assertThat(pooled.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(100);
        }
    }
}
