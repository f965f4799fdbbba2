// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last samples of a monitor. */
final class Timeline<T> {

    static final int KEPT_MAX = 10_000;
    private static final int LINES_MAX = 100;

    private final Deque<Sample<T>> samples = new ArrayDeque<>();
    private long dropped;

    synchronized void add(Sample<T> sample) {
        samples.addLast(sample);
        if (samples.size() > KEPT_MAX) {
            samples.removeFirst();
            dropped++;
        }
    }

    synchronized List<Sample<T>> samples() {
        return new ArrayList<>(samples);
    }

    synchronized long dropped() {
        return dropped;
    }

    List<String> lines() {
        List<Run> runs = runs(samples());
        List<String> lines = new ArrayList<>();
        long gone = dropped();
        if (gone > 0) {
            lines.add("... " + Texts.times(gone, "earlier sample") + " not kept, " + KEPT_MAX + " are");
        }
        int skipped = Math.max(0, runs.size() - LINES_MAX);
        if (skipped > 0) {
            lines.add("... " + Texts.times(skipped, "earlier line") + " not shown");
        }
        runs.stream().skip(skipped).map(Run::line).forEach(lines::add);
        return lines.isEmpty() ? List.of("no sample was taken") : List.copyOf(lines);
    }

    private List<Run> runs(List<Sample<T>> all) {
        List<Run> runs = new ArrayList<>();
        for (Sample<T> sample : all) {
            String text = sample.text();
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.text.equals(text)) {
                runs.set(runs.size() - 1, new Run(last.first, sample, text, last.count + 1));
            } else {
                runs.add(new Run(sample, sample, text, 1));
            }
        }
        return runs;
    }

    /** Samples that follow each other and say the same. */
    private record Run(Sample<?> first, Sample<?> last, String text, long count) {
        String line() {
            String from = "+" + Durations.print(first.at());
            return count == 1
                    ? from + "  " + text
                    : from + " to +" + Durations.print(last.at()) + "  " + text + " (" + count + " samples)";
        }
    }
}
