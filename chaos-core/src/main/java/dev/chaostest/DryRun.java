// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.internal.Amount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.WouldStrike;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a scope saw in which nothing struck, and what each of its rules would have struck.
 *
 * <p>The decisions are the real ones, those of a probability as the seed draws them. But no failure came back, so the code
 * under test did not try anything again: a rule that strikes twice where the second hit is a second try has one hit here.
 *
 * <pre>{@code
 * DryRun seen = scope.dryRun().orElseThrow();
 * seen.lines(site -> Optional.empty()).forEach(log::info);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param name what ran
 * @param seed the seed of the draws
 * @param seen the sites, each with its number of hits over all lanes
 * @param forecasts one for each rule, in the order of the plan
 * @since 0.1
 */
public record DryRun(String name, Seed seed, SortedMap<Site, Long> seen, List<Forecast> forecasts) {

    private static final int SITES_SHOWN = 100;

    public DryRun {
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        forecasts = List.copyOf(forecasts);
    }

    /**
     * What one rule would have struck.
     *
     * @param rule the rule
     * @param strikes for each site that the rule is about, how many of its hits; 0 included
     */
    public record Forecast(Rule rule, SortedMap<Site, Long> strikes) {

        public Forecast {
            strikes = Collections.unmodifiableSortedMap(new TreeMap<>(strikes));
        }

        /** Whether it would have struck nowhere, though it can strike. */
        public boolean isIdle() {
            return rule.canStrike() && strikes.values().stream().allMatch(times -> times == 0);
        }
    }

    static DryRun of(Round round, WouldStrike counted) {
        SortedMap<Site, Long> seen = round.decisions().seen();
        List<Forecast> forecasts = round.decisions().tallies().stream()
                .map(Tally::rule)
                .distinct()
                .map(rule -> forecast(rule, seen, counted))
                .toList();
        return new DryRun(round.name(), round.plan().seed(), seen, forecasts);
    }

    private static Forecast forecast(Rule rule, SortedMap<Site, Long> seen, WouldStrike counted) {
        SortedMap<Site, Long> strikes = new TreeMap<>();
        for (Site site : seen.keySet()) {
            if (rule.target().matches(site) && rule.fault().isPossibleAt(site)) {
                strikes.put(site, counted.times(rule, site));
            }
        }
        return new Forecast(rule, strikes);
    }

    /**
     * For a person: the sites, what would have struck there, and the rules that would never strike.
     *
     * @param howToName how a test names the site, for copying; empty if it can't say
     */
    public List<String> lines(Function<Site, Optional<String>> howToName) {
        List<String> lines = new ArrayList<>();
        lines.add("Dry run of " + name + " with seed " + seed + ": nothing was injected.");
        seen.entrySet().stream().limit(SITES_SHOWN).forEach(entry -> addSite(lines, entry, howToName));
        if (seen.size() > SITES_SHOWN) {
            lines.add("  seen    : and " + Amount.of(seen.size() - SITES_SHOWN, "more site"));
        }
        if (seen.isEmpty()) {
            lines.add("  seen    : nothing; does the code under test use what was handed to the test?");
        }
        forecasts.stream()
                .filter(Forecast::isIdle)
                .map(idle -> "  never   : " + idle.rule + "; "
                        + (idle.strikes.isEmpty() ? "nothing arrived there" : hits(arrived(idle)) + " arrived there"))
                .forEach(lines::add);
        return List.copyOf(lines);
    }

    private void addSite(List<String> lines, Map.Entry<Site, Long> entry, Function<Site, Optional<String>> howToName) {
        Site site = entry.getKey();
        lines.add("  seen    : " + site + " (" + hits(entry.getValue()) + ")"
                + howToName.apply(site).map(text -> ", " + text).orElse(""));
        for (Forecast forecast : forecasts) {
            long times = forecast.strikes.getOrDefault(site, 0L);
            if (times > 0) {
                lines.add("    would strike " + times + " of " + entry.getValue() + ": " + forecast.rule);
            }
        }
    }

    private long arrived(Forecast forecast) {
        return forecast.strikes.keySet().stream()
                .mapToLong(site -> seen.getOrDefault(site, 0L))
                .sum();
    }

    private static String hits(long n) {
        return Amount.of(n, "hit");
    }
}
