// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Sweeps every service of the corpus, with many seeds: each bug must be found each time, and no twin may be flagged. In an
 * ordinary build, every fourth service, once.
 *
 * <p>{@code mvn test -pl examples/bug-corpus -am -Dtest=CorpusCampaign -Dcorpus.seeds=20 -Dcorpus.twins=200}; with {@code
 * -Dcorpus.doc=true} it writes {@code docs/bug-corpus.md}.
 */
@Isolated
@Tag(ChaosTags.SLOW)
class CorpusCampaign {

    private static final int SEEDS = Integer.getInteger("corpus.seeds", 0);
    private static final int TWINS = Integer.getInteger("corpus.twins", 0);
    private static final int AT_ONCE = Integer.getInteger("corpus.parallel", 3);
    private static final Path DOC = Path.of("../../docs/bug-corpus.md");

    private static final List<Corpus.Entry> ENTRIES = SEEDS + TWINS == 0 ? everyFourth() : Corpus.entries();

    @Test
    @Timeout(21_600)
    void everyBugIsFoundWithEverySeedAndCanBeReplayed() throws IOException {
        Map<String, List<Swept>> sweeps = new TreeMap<>();
        List<String> notReplayed = new ArrayList<>();
        for (int seed = 1; seed <= Math.max(SEEDS, 1); seed++) {
            Map<String, Swept> swept = Swept.all(classes(Corpus.Entry::buggy), seed, AT_ONCE);
            assertThat(missed(swept))
                    .as("bugs that were not found with seed %d", seed)
                    .isEmpty();
            for (Corpus.Entry entry : ENTRIES) {
                Swept sweep = of(swept, entry.buggy());
                sweeps.computeIfAbsent(entry.name(), name -> new ArrayList<>()).add(sweep);
                replay(entry, sweep, notReplayed);
            }
        }
        int replays = Math.max(SEEDS, 1) * ENTRIES.size();
        assertThat(notReplayed).as("of %d replays", replays).hasSizeLessThanOrEqualTo(replays / 100);
        if (Boolean.getBoolean("corpus.doc")) {
            Files.writeString(DOC, CorpusPage.of(ENTRIES, sweeps, TWINS, replays - notReplayed.size()));
        }
    }

    @Test
    @Timeout(21_600)
    void noTwinIsFlagged() {
        for (int run = 1; run <= Math.max(TWINS, 1); run++) {
            Map<String, Swept> swept = Swept.all(classes(Corpus.Entry::fixed), run, AT_ONCE);
            assertThat(flagged(swept))
                    .as("twins that were flagged in run %d", run)
                    .isEmpty();
        }
    }

    private static List<Corpus.Entry> everyFourth() {
        List<Corpus.Entry> all = Corpus.entries();
        return IntStream.range(0, all.size())
                .filter(i -> i % 4 == 0)
                .mapToObj(all::get)
                .toList();
    }

    private static void replay(Corpus.Entry entry, Swept sweep, List<String> notReplayed) {
        Swept.Red red = sweep.red(entry.bug().says()).orElseThrow();
        Swept again = Swept.replay(entry.buggy(), red.token());
        if (again.reds().size() != 1 || again.red(entry.bug().says()).isEmpty()) {
            notReplayed.add(entry + ": " + red.name() + " was to come back, but there were " + print(again));
        }
    }

    private static List<Class<?>> classes(Function<Corpus.Entry, Class<?>> which) {
        List<Class<?>> classes = new ArrayList<>();
        ENTRIES.forEach(entry -> classes.add(which.apply(entry)));
        return classes;
    }

    private static List<String> missed(Map<String, Swept> swept) {
        List<String> missed = new ArrayList<>();
        for (Corpus.Entry entry : ENTRIES) {
            Swept sweep = of(swept, entry.buggy());
            if (sweep.red(entry.bug().says()).isEmpty()) {
                missed.add(entry + ": no red round says \"" + entry.bug().says() + "\"; " + print(sweep));
            }
        }
        return missed;
    }

    private static List<String> flagged(Map<String, Swept> swept) {
        List<String> flagged = new ArrayList<>();
        for (Corpus.Entry entry : ENTRIES) {
            Swept sweep = of(swept, entry.fixed());
            // Two clean rounds and the verdict are not a sweep yet.
            if (!sweep.reds().isEmpty() || sweep.rounds() < 4) {
                flagged.add(entry + ": " + print(sweep));
            }
        }
        return flagged;
    }

    private static String print(Swept sweep) {
        StringBuilder text = new StringBuilder(sweep.rounds() + " rounds");
        sweep.reds().stream()
                .limit(3)
                .forEach(red ->
                        text.append("\n  ").append(red.name()).append("\n    ").append(red.message()));
        return text.toString();
    }

    private static Swept of(Map<String, Swept> swept, Class<?> type) {
        return swept.getOrDefault(type.getName(), Swept.NEVER);
    }
}
