// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.CallSeam;
import dev.chaostest.call.Calls;
import dev.chaostest.call.ChangedResult;
import dev.chaostest.call.Failure;
import dev.chaostest.call.Wrapped;
import dev.chaostest.call.Wrapping;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.work.Workers;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sixteen lanes that call one object meet the same faults, however many threads there are. */
class WrappedCallsUnderThreadsTest {

    private static final int LANES = 16;
    private static final int CALLS = 20;
    private static final int RUNS = 20;

    interface Gateway {
        String charge(int account, int amount);
    }

    private static final Gateway REAL = (account, amount) -> "ok";

    static List<Rule> rulesThatTheSeedFixes() {
        Target charges = Calls.to(Gateway.class, "charge");
        Target large = Calls.to(Gateway.class).where("amount over 10", call -> call.argument(1, int.class) > 10);
        Fault down = Failure.of(() -> new IllegalStateException("down"));
        return List.of(
                Rule.of(charges, Trigger.probability(0.1), down),
                Rule.of(charges, Trigger.nth(3), down).perLane(),
                Rule.of(large, Trigger.every(4), ChangedResult.to("forged")).perLane(),
                Rule.of(large, Trigger.first(2), down).perKey());
    }

    @ParameterizedTest
    @MethodSource("rulesThatTheSeedFixes")
    void decisionsAreTheSameUnderOneFourAndSixteenThreads(Rule rule) throws InterruptedException {
        NavigableSet<String> expected = seen(rule, 1);
        assertThat(expected).anyMatch(call -> !call.endsWith("ok"));

        for (int run = 0; run < RUNS; run++) {
            assertThat(seen(rule, run % 2 == 0 ? LANES : 4)).as("run " + run).isEqualTo(expected);
        }
    }

    /** What each call of each lane saw; each lane has its own account. */
    private static NavigableSet<String> seen(Rule rule, int threads) throws InterruptedException {
        NavigableSet<String> seen = java.util.Collections.synchronizedNavigableSet(new TreeSet<>());
        Wrapping byAccount = Wrapping.named("bank").keyed(call -> "account " + call.argument(0, int.class));
        try (ChaosScope scope = ChaosScope.open("threads", Plan.of(new Seed(77), rule))) {
            Gateway gateway = scope.wrap(Gateway.class, REAL, byAccount);
            Workers.of(LANES).atOnce(threads).run(worker -> {
                for (int amount = 1; amount <= CALLS; amount++) {
                    seen.add(worker.lane() + " " + amount + " " + charge(gateway, worker.index(), amount));
                }
            });
            scope.verify();
        }
        return seen;
    }

    private static String charge(Gateway gateway, int account, int amount) {
        try {
            return gateway.charge(account, amount);
        } catch (IllegalStateException e) {
            return "" + e.getMessage();
        }
    }

    @Test
    void firstFiveOfTheWholeScopeAreExactlyFive() throws InterruptedException {
        Rule five =
                Rule.of(Calls.to(Gateway.class), Trigger.first(5), Failure.of(() -> new IllegalStateException("down")));
        AtomicInteger down = new AtomicInteger();
        try (ChaosScope scope = ChaosScope.open("threads", Plan.of(new Seed(77), five))) {
            Gateway gateway = scope.wrap(Gateway.class, REAL);
            Workers.of(LANES).run(worker -> {
                for (int amount = 1; amount <= CALLS; amount++) {
                    down.addAndGet(charge(gateway, 1, amount).equals("down") ? 1 : 0);
                }
            });
        }

        assertThat(down).hasValue(5);
    }

    @Test
    void objectArrivesOnceHoweverManyThreadsComeFirst() throws InterruptedException {
        Rule all = Rule.of(Calls.to(Gateway.class), Trigger.always(), ChangedResult.to("forged"));
        Wrapped<Gateway> wrapped = CallSeam.wrap(Gateway.class, REAL);
        for (int run = 0; run < RUNS; run++) {
            try (ChaosScope scope = ChaosScope.open("threads", Plan.of(new Seed(77), all))) {
                scope.arm(wrapped.mount());
                List<Thread> threads = java.util.stream.IntStream.range(0, 4)
                        .mapToObj(n -> new Thread(() -> wrapped.proxy().charge(n, 1), "test-caller-" + n))
                        .toList();
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(scope.fired())
                        .hasSize(4)
                        .allMatch(fired -> fired.hit().lane().name().equals("Gateway-1"));
            }
        }
    }
}
