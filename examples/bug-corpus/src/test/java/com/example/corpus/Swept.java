// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
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

    private static final Pattern TOKEN = Pattern.compile("-Dchaos\\.replay=(\\S+)");

    /** What stands between the names of test and round and what an assertion says. */
    private static final String BROKE = " broke it";

    private static final Pattern NO_ORACLE =
            Pattern.compile("(?m)^  (fault|site|came back|again|seed|replay|evidence) *: .*\\R?");

    /** A red round: its name, and all that it says. */
    record Red(String name, String message) {

        /** What its oracles say: not what the round was, which every red one tells. */
        String verdict() {
            int end = message.indexOf(BROKE);
            return NO_ORACLE.matcher(message.substring(Math.max(end, 0))).replaceAll("");
        }

        /** The line's end that replays it. */
        String token() {
            Matcher found = TOKEN.matcher(message);
            if (!found.find()) {
                throw new IllegalStateException("a red round must say how to replay it, but says " + message);
            }
            return found.group(1);
        }
    }

    /** What no sweep has told anything about. */
    static final Swept NEVER = new Swept(0, List.of(), Duration.ZERO);

    /** The first red round that says so. */
    Optional<Red> red(String says) {
        return reds.stream()
                .filter(red -> red.verdict().toLowerCase().contains(says.toLowerCase()))
                .findFirst();
    }

    /** Sweeps all these classes with one seed, some of them at once. */
    static Map<String, Swept> all(List<Class<?>> classes, long seed, int atOnce) {
        return run(request(classes)
                .configurationParameter("chaos.seed", String.valueOf(seed))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", String.valueOf(atOnce > 1))
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + atOnce));
    }

    /** Runs the one round of a class that the token names. */
    static Swept replay(Class<?> type, String token) {
        return run(request(List.of(type)).configurationParameter("chaos.replay", token))
                .getOrDefault(type.getName(), NEVER);
    }

    private static LauncherDiscoveryRequestBuilder request(List<Class<?>> classes) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .configurationParameter("chaos.failing-first", "false")
                .configurationParameter("chaos.hang-limit", "200ms")
                .configurationParameter("chaos.schema.keep", "never");
    }

    private static Map<String, Swept> run(LauncherDiscoveryRequestBuilder request) {
        Listener listener = new Listener();
        LauncherFactory.create().execute(request.build(), listener);
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
            if (test.isTest() || red) {
                String type = test.getSource().map(Listener::type).orElse("");
                ended.merge(type, one(test, result, took), Listener::add);
            }
        }

        /** Also what failed before it had a round. */
        private static String type(TestSource source) {
            return source instanceof MethodSource method
                    ? method.getClassName()
                    : source instanceof ClassSource one ? one.getClassName() : "";
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
