// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.call.Calls;
import dev.chaostest.call.ChangedResult;
import dev.chaostest.call.Failure;
import dev.chaostest.call.Wrapping;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of the call seam, where the value comes at once, with a stage, and when somebody asks. */
class CallFaultsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final String UNHURT = "receipt";
    private static final int CALLS = 5;

    interface Gateway {
        String charge(int amount);

        CompletableFuture<String> chargeLater(int amount);

        Future<String> submit(int amount);

        String refund(int amount);
    }

    private static final class RealGateway implements Gateway {
        @Override
        public String charge(int amount) {
            return UNHURT;
        }

        @Override
        public CompletableFuture<String> chargeLater(int amount) {
            return CompletableFuture.completedFuture(UNHURT);
        }

        @Override
        public Future<String> submit(int amount) {
            FutureTask<String> task = new FutureTask<>(() -> UNHURT);
            task.run();
            return task;
        }

        @Override
        public String refund(int amount) {
            return UNHURT;
        }
    }

    /** How the value comes. */
    enum Way {
        CHARGE("charge") {
            @Override
            String call(Gateway gateway, int amount) {
                return gateway.charge(amount);
            }
        },
        LATER("chargeLater") {
            @Override
            String call(Gateway gateway, int amount) throws ExecutionException, InterruptedException {
                return gateway.chargeLater(amount).get();
            }
        },
        SUBMIT("submit") {
            @Override
            String call(Gateway gateway, int amount) throws ExecutionException, InterruptedException {
                return gateway.submit(amount).get();
            }
        };

        final String method;

        Way(String method) {
            this.method = method;
        }

        abstract String call(Gateway gateway, int amount) throws ExecutionException, InterruptedException;

        /** The value, or the message of what came in its place. */
        String outcome(Gateway gateway, int amount) throws InterruptedException {
            try {
                return call(gateway, amount);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                return "" + (cause == null ? e : cause).getMessage();
            } catch (IllegalStateException e) {
                return "" + e.getMessage();
            }
        }
    }

    /**
     * A fault, what the caller sees of it, and what the ledger says came back.
     *
     * @param answer as a pattern
     */
    record Kind(Fault fault, String seen, String answer) {}

    private static Stream<Kind> kinds() {
        Failure down = Failure.of(() -> new IllegalStateException("down"));
        return Stream.of(
                new Kind(new Delay(Duration.ofMinutes(1), LONGEST, When.BEFORE), UNHURT, "late by .*s"),
                new Kind(new Delay(Duration.ofMinutes(1), LONGEST, When.AFTER), UNHURT, "late by .*s"),
                new Kind(new Hang(When.BEFORE), UNHURT, "released"),
                new Kind(new Hang(When.AFTER), UNHURT, "released"),
                new Kind(down, "down", "java.lang.IllegalStateException: down"),
                new Kind(down.afterTheEffect(), "down", "java.lang.IllegalStateException: down"),
                new Kind(ChangedResult.to("forged"), "forged", "forged"));
    }

    static Stream<Arguments> all() {
        return kinds().flatMap(kind -> Arrays.stream(Way.values()).map(way -> Arguments.of(kind, way)));
    }

    private final VirtualTime time = new VirtualTime();
    /** Threads belong to the group of the thread that made them. */
    private final ThreadGroup group = new ThreadGroup("contract");

    private ChaosScope scope(Rule... rules) {
        return ChaosScope.open("contract", Plan.of(new Seed(77), rules), time);
    }

    private static Rule rule(Kind kind, Way way, Trigger trigger) {
        return Rule.of(Calls.to(Gateway.class, way.method).on("first"), trigger, kind.fault);
    }

    private static Gateway first(ChaosScope scope) {
        return scope.wrap(Gateway.class, new RealGateway(), Wrapping.named("first"));
    }

    /** Makes a call that will be struck, and lets what waits go on as it should. */
    private String struck(ChaosScope scope, Way way, Gateway gateway, Kind kind, Runnable release) throws Exception {
        try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            FutureTask<String> caller = new FutureTask<>(() -> way.outcome(gateway, 5));
            Thread thread = new Thread(group, caller, "contract-caller");
            thread.setDaemon(true);
            thread.start();
            fired.await(DEADLINE);
            if (kind.fault instanceof Delay) {
                time.awaitTimers(1, DEADLINE);
                assertThat(caller.isDone()).as("while it waits").isFalse();
                time.advance(LONGEST);
            } else if (kind.fault instanceof Hang) {
                time.advance(Duration.ofDays(1));
                assertThat(caller.isDone()).as("while it hangs").isFalse();
                release.run();
            }
            String outcome = caller.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            thread.join(DEADLINE.toMillis());
            return outcome;
        }
    }

    private static List<String> answers(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void transientStrikesOnceAndIsSeen(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope(rule(kind, way, Trigger.nth(2)))) {
            Gateway gateway = first(scope);

            assertThat(way.outcome(gateway, 1)).isEqualTo(UNHURT);
            assertThat(struck(scope, way, gateway, kind, scope::heal)).isEqualTo(kind.seen);
            assertThat(way.outcome(gateway, 3)).isEqualTo(UNHURT);
            assertThat(scope.fired()).extracting(LedgerEntry.Fired::text).containsExactly(way.method + "(5)");
            assertThat(scope.fired()).extracting(fired -> fired.hit().nth()).containsExactly(2L);
            assertThat(answers(scope)).singleElement().asString().matches(kind.answer);
            scope.verify();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void persistentStrikesUntilItIsClosed(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope()) {
            Gateway gateway = first(scope);
            for (int i = 0; i < 2; i++) {
                try (Injection injection = scope.inject(rule(kind, way, Trigger.always()))) {
                    if (!(kind.fault instanceof Hang)) {
                        assertThat(struck(scope, way, gateway, kind, injection::close))
                                .isEqualTo(kind.seen);
                    }
                    assertThat(struck(scope, way, gateway, kind, injection::close))
                            .isEqualTo(kind.seen);
                }
                assertThat(way.outcome(gateway, 2)).as("healed").isEqualTo(UNHURT);
            }
            assertThat(answers(scope))
                    .hasSize(kind.fault instanceof Hang ? 2 : 4)
                    .allMatch(answer -> answer.matches(kind.answer));
            scope.verify();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void secondCloseIsHarmless(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope()) {
            Gateway gateway = first(scope);
            Injection closed = scope.inject(rule(kind, way, Trigger.always()));
            closed.close();
            Injection other = scope.inject(rule(kind, way, Trigger.always()));
            closed.close();

            assertThat(other.isActive()).isTrue();
            assertThat(struck(scope, way, gateway, kind, other::close)).isEqualTo(kind.seen);
            other.close();
            other.close();
            scope.close();
            scope.close();
            assertThat(way.outcome(gateway, 1)).isEqualTo(UNHURT);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void touchesItsTargetOnly(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope(rule(kind, way, Trigger.always()))) {
            Gateway gateway = first(scope);
            Gateway second = scope.wrap(Gateway.class, new RealGateway(), Wrapping.named("second"));

            assertThat(way.outcome(second, 1)).isEqualTo(UNHURT);
            assertThat(gateway.refund(1)).isEqualTo(UNHURT);
            for (Way other : Way.values()) {
                assertThat(other == way ? UNHURT : other.outcome(gateway, 1)).isEqualTo(UNHURT);
            }
            assertThat(scope.fired()).isEmpty();
            assertThat(struck(scope, way, gateway, kind, scope::heal)).isEqualTo(kind.seen);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void sameSeedGivesTheSameLedger(Kind kind, Way way) throws Exception {
        List<String> ledger = ledger(kind, way);

        assertThat(ledger(kind, way)).isEqualTo(ledger);
        assertThat(ledger).filteredOn(line -> line.contains("fired:")).hasSize(CALLS);
    }

    private static List<String> ledger(Kind kind, Way way) throws Exception {
        return new CallFaultsTest().decided(kind, way);
    }

    /**
     * What was decided and what came of it; a hang is over for good with its injection, so each call gets a new one, and
     * whether that says first that it is healed, or the call that it went on, is left to the threads.
     */
    private List<String> decided(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope()) {
            Gateway gateway = first(scope);
            for (int call = 0; call < CALLS; call++) {
                try (Injection injection = scope.inject(rule(kind, way, Trigger.always()))) {
                    struck(scope, way, gateway, kind, injection::close);
                }
            }
            Stream<Object> fired = scope.fired().stream().map(each -> each);
            Stream<Object> answered = scope.ledger().entries(LedgerEntry.Answered.class).stream()
                    .map(each -> List.of(each.fired(), each.answer()));
            return Stream.concat(fired, answered).map(Object::toString).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void leavesNoThread(Kind kind, Way way) throws Exception {
        try (ChaosScope scope = scope(rule(kind, way, Trigger.always()))) {
            assertThat(struck(scope, way, first(scope), kind, scope::heal)).isEqualTo(kind.seen);
        }

        Thread[] live = new Thread[group.activeCount() + 1];
        int count = group.enumerate(live);
        for (int i = 0; i < count; i++) {
            if (!live[i].getName().startsWith("ForkJoinPool.commonPool")) { // stays; it is whoever's made the pool grow
                live[i].join(DEADLINE.toMillis()); // CompletableFuture may have one end with each task
                assertThat(live[i].isAlive()).as(live[i].getName()).isFalse();
            }
        }
    }
}
