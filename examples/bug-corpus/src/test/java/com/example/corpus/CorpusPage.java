// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code docs/bug-corpus.md}: what is in the corpus, and what it takes to find it. */
final class CorpusPage {

    private static final String HEAD = """
        # The bug corpus

        Small services with one real bug each, and the fixed twin of each, in [examples/bug-corpus](../examples/bug-corpus). They
        tell what a [sweep](sweep.md) is worth. Written by

        ```
        mvn test -pl examples/bug-corpus -am -Dtest=CorpusCampaign -Dcorpus.seeds=%d -Dcorpus.twins=%d -Dcorpus.doc=true
        ```

        %d bugs, each found with %d of %d seeds; no twin flagged in %d runs of each; %d of %d red rounds came back from their
        token. *Found by* is the first round whose report says what the bug is about, *asked for* what the test says beyond
        `@ChaosSweep` and its call of the service. Rounds and time are those of a whole sweep, several at once; a red round counts
        twice, since it is run once more.

        | Bug | In | Found by | Says | Asked for | Rounds | Red | Time |
        |---|---|---|---|---|---|---|---|
        """;

    private CorpusPage() {}

    static String of(List<Corpus.Entry> entries, Map<String, List<Swept>> sweeps, int twins, int replayed) {
        int seeds = sweeps.values().stream().mapToInt(List::size).max().orElse(0);
        StringBuilder page = new StringBuilder(
                HEAD.formatted(seeds, twins, entries.size(), seeds, seeds, twins, replayed, seeds * entries.size()));
        entries.forEach(entry -> page.append(row(entry, sweeps.get(entry.name()))));
        return page.toString();
    }

    private static String row(Corpus.Entry entry, List<Swept> sweeps) {
        Bug bug = entry.bug();
        Swept first = sweeps.get(0);
        String found = first.red(bug.says()).map(Swept.Red::name).orElse("-");
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %s | %s | %s | %d | %d | %s |%n",
                bug.value(),
                entry.name(),
                what(found),
                bug.says(),
                bug.asks().isEmpty() ? "" : bug.asks(),
                first.rounds(),
                first.reds().size(),
                print(median(sweeps)));
    }

    private static Duration median(List<Swept> sweeps) {
        List<Duration> sorted = sweeps.stream().map(Swept::took).sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static String print(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }

    private static String what(String text) {
        return text.replace("|", "\\|").replaceAll(" at \\S+:\\d+( via \\S+:\\d+)?|, again$", "");
    }
}
