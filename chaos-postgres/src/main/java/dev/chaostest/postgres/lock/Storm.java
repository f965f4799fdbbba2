// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Several deadlocks at the same time. */
final class Storm {

    private Storm() {}

    /** Each has deadlines of its own, so this ends. */
    static List<DeadlockOutcome> of(List<Deadlock> deadlocks, Function<Deadlock, ArmedDeadlock> arming) {
        List<ArmedDeadlock> armed = new ArrayList<>();
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(deadlocks.size(), task -> {
            Thread thread = new Thread(task, "chaos-storm-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        try {
            deadlocks.forEach(deadlock -> armed.add(arming.apply(deadlock)));
            List<Future<DeadlockOutcome>> fired =
                    armed.stream().map(each -> threads.submit(each::fire)).toList();
            List<DeadlockOutcome> outcomes = new ArrayList<>();
            for (Future<DeadlockOutcome> each : fired) {
                outcomes.add(each.get());
            }
            return outcomes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("A storm must not be interrupted, but was. Its deadlocks are given up.", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
            armed.forEach(ArmedDeadlock::close);
        }
    }
}
