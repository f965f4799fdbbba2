// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.internal.Secrets;
import dev.chaostest.internal.Table;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The report of a red test as text, most important first.
 *
 * @param test its name and round
 * @param message the failure's, with faults, seed and replay line
 * @param thrown what the test threw
 * @param taken what was seen then
 * @param ledger the round's, as it is now
 * @param settings one {@code key = value} each
 * @param witnesses for their versions and secrets
 */
public record ReportText(
        String test,
        String message,
        Throwable thrown,
        Evidence.Taken taken,
        Ledger ledger,
        List<String> settings,
        List<Witness> witnesses) {

    private static final int CHARACTERS_MAX = 4 * 1024 * 1024;
    private static final int TEXT_SHOWN = 300;
    private static final int PICTURES_MAX = 9;

    /** The text; without passwords, and of a bounded length. */
    public String text() {
        List<String> lines = new ArrayList<>();
        title(lines);
        lines.addAll(message.lines().toList());
        for (Section section : sections()) {
            lines.add("");
            lines.add("");
            lines.add(section.title());
            lines.add("-".repeat(section.title().length()));
            lines.addAll(section.lines());
            section.svg().ifPresent(any -> lines.add("(drawn in an .svg file beside this one)"));
        }
        lines.add("");
        String all = withoutSecrets(String.join("\n", lines));
        return all.length() <= CHARACTERS_MAX
                ? all
                : all.substring(0, CHARACTERS_MAX) + "\n... cut here: a report has " + CHARACTERS_MAX
                        + " characters at most\n";
    }

    /** The pictures of its parts, as SVG documents; without passwords, and not more than a few. */
    public List<String> pictures() {
        return taken.said().stream()
                .flatMap(section -> section.svg().stream())
                .filter(svg -> svg.length() <= CHARACTERS_MAX)
                .limit(PICTURES_MAX)
                .map(this::withoutSecrets)
                .toList();
    }

    private void title(List<String> lines) {
        String title = test + (taken.occasion() == Occasion.TIMED_OUT ? " timed out" : " failed");
        lines.add(title);
        lines.add("=".repeat(title.length()));
        lines.add("seen at " + taken.at().truncatedTo(ChronoUnit.MILLIS));
        lines.add("");
    }

    private List<Section> sections() {
        List<Section> sections = new ArrayList<>(taken.said());
        sections.add(new Section("Plan", plan()));
        sections.add(new Section("Ledger", ledgerLines()));
        sections.add(new Section("Sites seen", sites()));
        sections.add(new Section("Stack trace", stackTrace()));
        sections.add(new Section("Threads at that moment", taken.threads()));
        sections.add(new Section("Settings", settings.isEmpty() ? List.of("none is set") : settings));
        sections.add(new Section("Versions", versions()));
        return sections;
    }

    private List<String> plan() {
        if (taken.tallies().isEmpty()) {
            return List.of("no fault was planned");
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("arrived", "struck", "rule")));
        taken.tallies()
                .forEach(tally -> rows.add(List.of(
                        Long.toString(tally.reached()),
                        Long.toString(tally.struck()),
                        tally.rule().toString())));
        return new Table(rows).lines();
    }

    /** With a mark at the moment of the failure: what follows came of healing. */
    private List<String> ledgerLines() {
        List<LedgerEntry> entries = ledger.entries();
        List<List<String>> rows = new ArrayList<>(List.of(List.of("", "at", "what")));
        for (int i = 0; i < entries.size(); i++) {
            if (i == taken.entries()) {
                rows.add(moment());
            }
            addEntry(rows, entries.get(i));
        }
        if (entries.size() <= taken.entries()) {
            rows.add(moment());
        }
        List<String> lines = new ArrayList<>(new Table(rows).lines());
        if (ledger.dropped() > 0) {
            lines.add("... and " + Amount.of(ledger.dropped(), "entry that was", "entries that were") + " not kept");
        }
        return lines;
    }

    private List<String> moment() {
        String what = taken.occasion() == Occasion.TIMED_OUT ? "timed out" : "failed";
        return List.of("", "", "---- here the test " + what + " ----");
    }

    private static void addEntry(List<List<String>> rows, LedgerEntry entry) {
        String[] parts = entry.toString().split(" ", 3); // "#1 +2ms fired: ..."
        rows.add(List.of(parts[0], parts[1], parts[2]));
        if (entry instanceof LedgerEntry.Fired fired
                && !fired.text().equals(fired.hit().site().name())) {
            rows.add(List.of("", "", "  asked was: " + oneLine(fired.text())));
        }
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= TEXT_SHOWN ? line : line.substring(0, TEXT_SHOWN) + "...";
    }

    private List<String> sites() {
        if (taken.seen().isEmpty()) {
            return List.of("none; no statement and no call passed a seam while the test was armed");
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("hits", "site")));
        taken.seen().forEach((site, hits) -> rows.add(List.of(Long.toString(hits), oneLine(site.toString()))));
        return new Table(rows).lines();
    }

    private List<String> stackTrace() {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return Frames.folded(
                text.toString().lines().map(line -> line.replace("\t", "    ")).toList());
    }

    private List<String> versions() {
        return Stream.concat(
                        witnesses.stream().flatMap(witness -> witness.versions().stream()), Versions.lines().stream())
                .toList();
    }

    private String withoutSecrets(String text) {
        String rest = Secrets.takenOutOf(text);
        for (Witness witness : witnesses) {
            for (String secret : Set.copyOf(witness.secrets())) {
                rest = Pattern.compile("(?<!\\w)" + Pattern.quote(secret) + "(?!\\w)")
                        .matcher(rest)
                        .replaceAll(Matcher.quoteReplacement("***"));
            }
        }
        return rest;
    }
}
