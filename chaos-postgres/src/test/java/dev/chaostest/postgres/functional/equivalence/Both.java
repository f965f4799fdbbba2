// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Plays a scenario on plain pgjdbc and through the seam, and fails where the caller sees, or the server is sent, anything
 * else; or where the armed seam counts other statements than the server is sent.
 *
 * <p>The plays run at the same time, each in a schema of its own.
 */
final class Both {

    private static final String RUN = Run.random().id();
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final long SECONDS_MAX = 100;
    private static final int LARGE = 64 * 1024;

    private Both() {}

    /** Without the seam, and with it in each state in which nothing strikes. */
    static void same(Scenario scenario) {
        same(LARGE, scenario, Seam.IDLE, Seam.ARMED_WITHOUT_RULES, Seam.ARMED_FOR_OTHERS, Seam.FOLLOWED);
    }

    /**
     * Without the seam, and on these ways.
     *
     * @param pieces of how many bytes at most the server's answers arrive
     */
    static void same(int pieces, Scenario scenario, Way... ways) {
        FutureTask<Play> plain = begin(scenario, Seam.ABSENT, pieces);
        List<FutureTask<Play>> others = new ArrayList<>();
        for (Way way : ways) {
            others.add(begin(scenario, way, pieces));
        }
        Play expected = await(Seam.ABSENT, plain);
        requireShown(expected);
        List<String> failures = new ArrayList<>();
        for (int n = 0; n < ways.length; n++) {
            Play found = await(ways[n], others.get(n));
            failures.addAll(differences(ways[n], expected, found));
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(String.join("\n", failures));
        }
    }

    private static FutureTask<Play> begin(Scenario scenario, Way way, int pieces) {
        String schema = String.format(Locale.ROOT, "eq_%s_%05d", RUN, SCHEMAS.incrementAndGet());
        FutureTask<Play> play = new FutureTask<>(() -> Play.of(scenario, way, schema, pieces));
        Thread thread = new Thread(play, "play-" + way.name());
        thread.setDaemon(true);
        thread.start();
        return play;
    }

    private static Play await(Way way, FutureTask<Play> play) {
        try {
            return play.get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError("The play on " + way.name() + " could not be set up.", failed.getCause());
        } catch (TimeoutException stuck) {
            throw new AssertionError("The play on " + way.name() + " is not over after " + SECONDS_MAX + " s.", stuck);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A scenario that breaks on its own, or shows nothing, would compare equal and prove nothing. */
    private static void requireShown(Play plain) {
        List<String> end = plain.seen().stream()
                .filter(line -> line.startsWith(Play.ENDED))
                .toList();
        if (plain.seen().isEmpty() || !end.isEmpty()) {
            throw new AssertionError(
                    "The scenario must end well without the seam, and show something, but:\n" + String.join("\n", end));
        }
    }

    private static List<String> differences(Way way, Play expected, Play found) {
        List<String> all = new ArrayList<>();
        if (!found.seen().equals(expected.seen())) {
            all.add("Nothing must differ without (-) and with (+) " + way.name() + ", but:\n"
                    + String.join("\n", Diff.of(expected.seen(), found.seen())));
        }
        if (!found.miscounted().isEmpty()) {
            all.add(way.name() + " must count what the server is sent, but:\n" + String.join("\n", found.miscounted()));
        }
        return all;
    }
}
