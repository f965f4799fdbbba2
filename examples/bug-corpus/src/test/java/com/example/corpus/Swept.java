// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * How one sweep ended.
 *
 * @param rounds how many of its rounds were run to their end, clean ones and second tries included
 * @param reds those that were red, in order
 * @param took from its first round to its last
 */
record Swept(int rounds, List<Red> reds, Duration took) {

    /** A red round: its name, and all that it says. */
    record Red(String name, String message) {}

    /** What no sweep has told anything about. */
    static final Swept NEVER = new Swept(0, List.of(), Duration.ZERO);

    /** The first red round that says so. */
    Optional<Red> red(String says) {
        return reds.stream()
                .filter(red -> (red.name + "\n" + red.message).toLowerCase().contains(says.toLowerCase()))
                .findFirst();
    }

    /** Sweeps all these classes with one seed, some of them at once. */
    static Map<String, Swept> all(List<Class<?>> classes, long seed, int atOnce) {
        Listener listener = new Listener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .configurationParameter("chaos.seed", String.valueOf(seed))
                .configurationParameter("chaos.failing-first", "false")
                .configurationParameter("chaos.schema.keep", "never")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", String.valueOf(atOnce > 1))
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + atOnce)
                .build();
        LauncherFactory.create().execute(request, listener);
        return listener.ended;
    }

    private static final class Listener implements TestExecutionListener {
        private final Map<String, Swept> ended = new ConcurrentHashMap<>();
        private final Map<TestIdentifier, Long> begun = new ConcurrentHashMap<>();

        @Override
        public void executionStarted(TestIdentifier test) {
            begun.put(test, System.nanoTime());
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Duration took = Duration.ofNanos(System.nanoTime() - begun.remove(test));
            boolean red = result.getStatus() == Status.FAILED;
            if (test.getSource().orElse(null) instanceof MethodSource method && (test.isTest() || red)) {
                ended.merge(method.getClassName(), one(test, result, took), Listener::add);
            } else if (red) {
                throw new IllegalStateException(
                        test.getDisplayName() + " failed", result.getThrowable().orElse(null));
            }
        }

        private static Swept one(TestIdentifier test, TestExecutionResult result, Duration took) {
            int rounds = result.getStatus() == Status.ABORTED ? 0 : 1;
            return result.getStatus() == Status.FAILED
                    ? new Swept(rounds, List.of(new Red(test.getDisplayName(), message(result))), took)
                    : new Swept(rounds, List.of(), took);
        }

        private static String message(TestExecutionResult result) {
            return result.getThrowable().map(Throwable::toString).orElse("");
        }

        private static Swept add(Swept all, Swept one) {
            List<Red> reds = new ArrayList<>(all.reds);
            reds.addAll(one.reds);
            return new Swept(all.rounds + one.rounds, List.copyOf(reds), all.took.plus(one.took));
        }
    }
}
