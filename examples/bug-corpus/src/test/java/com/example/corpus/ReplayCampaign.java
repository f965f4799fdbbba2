// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Replays the red round by which each bug of the corpus is found, again and again: it must be red in the same way.
 *
 * <p>{@code mvn test -pl examples/bug-corpus -am -Dtest=ReplayCampaign -Dreplay.runs=100}; with {@code
 * -Dreplay.only=retry.*} some of them.
 */
@Isolated
@Tag(ChaosTags.SLOW)
class ReplayCampaign {

    private static final int RUNS = Integer.getInteger("replay.runs", 1);
    private static final int AT_ONCE = Integer.getInteger("corpus.parallel", 3);
    private static final String ONLY = System.getProperty("replay.only", ".*");
    private static final int OF_A_HUNDRED = 99;

    @Test
    @Timeout(14_400)
    void ofAHundredReplaysNinetyNineReproduce() throws Exception {
        Map<String, Swept> swept = Swept.all(buggy(), 1, AT_ONCE);
        Map<String, Integer> failed = new TreeMap<>();
        List<String> notFound = new ArrayList<>();
        int replays = 0;
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            Map<String, List<Future<Boolean>>> all = new TreeMap<>();
            for (Corpus.Entry entry : entries()) {
                Optional<Swept.Red> red = swept.getOrDefault(entry.buggy().getName(), Swept.NEVER)
                        .red(entry.bug().says());
                if (red.isEmpty()) {
                    notFound.add(entry.name());
                    continue;
                }
                String token = red.get().token();
                List<Future<Boolean>> runs = new ArrayList<>();
                for (int run = 0; run < RUNS; run++) {
                    runs.add(threads.submit(() -> Swept.replay(entry.buggy(), token)
                            .red(entry.bug().says())
                            .isPresent()));
                }
                all.put(entry.name(), runs);
            }
            for (Map.Entry<String, List<Future<Boolean>>> each : all.entrySet()) {
                int missing = 0;
                for (Future<Boolean> run : each.getValue()) {
                    replays++;
                    missing += run.get(300, TimeUnit.SECONDS) ? 0 : 1;
                }
                if (missing > 0) {
                    failed.put(each.getKey(), missing);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        int missing = failed.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "replays: %d of %d were red in the same way; not so: %s; not found: %s%n",
                replays - missing, replays, failed, notFound);
        assertThat(notFound)
                .as("bugs that no sweep found, so that there is nothing to replay")
                .isEmpty();
        assertThat((long) (replays - missing) * 100)
                .as("replays that were red again, but not so: %s", failed)
                .isGreaterThanOrEqualTo((long) replays * OF_A_HUNDRED);
    }

    private static List<Corpus.Entry> entries() {
        return Corpus.entries().stream()
                .filter(entry -> entry.name().matches(ONLY))
                .toList();
    }

    private static List<Class<?>> buggy() {
        return entries().stream().<Class<?>>map(Corpus.Entry::buggy).toList();
    }
}
