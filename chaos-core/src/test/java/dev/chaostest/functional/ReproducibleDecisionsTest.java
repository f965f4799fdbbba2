// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sixteen lanes that make the same calls meet the same faults, however many threads there are. */
class ReproducibleDecisionsTest {

    private static final int RUNS = 100;
    private static final int LANES = 16;
    private static final int CALLS = 20;
    private static final Site UPDATE = new Site("sql", "UPDATE t");
    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Cut CUT = new Cut(When.BEFORE);

    static List<Rule> rulesThatTheSeedFixes() {
        Delay delay = new Delay(Duration.ofMillis(1), Duration.ofMillis(9), When.BEFORE);
        return List.of(
                Rule.of(Target.seam("sql"), Trigger.probability(0.1), CUT),
                Rule.of(Target.seam("sql"), Trigger.probability(0.3), delay),
                Rule.of(Target.of(COMMIT), Trigger.nth(3), CUT).perLane(),
                Rule.of(Target.of(COMMIT), Trigger.every(4), CUT).perLane(),
                Rule.of(Target.seam("sql"), Trigger.probability(0.2).times(2), CUT)
                        .perLane(),
                Rule.of(Target.of(UPDATE), Trigger.probability(0.05).onwards(), CUT)
                        .perLane());
    }

    @ParameterizedTest
    @MethodSource("rulesThatTheSeedFixes")
    void decisionsAreTheSameUnderOneFourAndSixteenThreads(Rule rule) throws InterruptedException {
        Plan plan = Plan.of(new Seed(77), rule.mayMiss());
        assertThat(plan.unfixed(16)).isEmpty();
        NavigableSet<String> expected = decisions(plan, 1);
        assertThat(expected).isNotEmpty();

        for (int run = 0; run < RUNS; run++) {
            assertThat(decisions(plan, threads(run))).as("run " + run).isEqualTo(expected);
        }
    }

    @Test
    void decisionsOfAllRulesTogetherAreTheSameToo() throws InterruptedException {
        Plan plan = new Plan(
                new Seed(78),
                rulesThatTheSeedFixes().stream().map(Rule::mayMiss).toList());
        NavigableSet<String> expected = decisions(plan, 1);

        for (int run = 0; run < RUNS; run++) {
            assertThat(decisions(plan, threads(run))).as("run " + run).isEqualTo(expected);
        }
    }

    static List<Rule> rulesThatTheSeedLeavesToTheScheduler() {
        return List.of(
                Rule.of(Target.of(COMMIT), Trigger.first(5), CUT),
                Rule.of(Target.of(COMMIT), Trigger.every(7), CUT),
                Rule.of(Target.seam("sql"), Trigger.probability(0.3).times(6), CUT),
                Rule.of(Target.of(UPDATE), Trigger.nth(310).onwards(), CUT));
    }

    /** What the seed does not fix, the decisions of a run do: a token holds them. */
    @ParameterizedTest
    @MethodSource("rulesThatTheSeedLeavesToTheScheduler")
    void ofAHundredReplaysEachMakesTheDecisionsOfTheFirstRun(Rule rule) throws InterruptedException {
        Plan plan = Plan.of(new Seed(77), rule);
        assertThat(plan.unfixed(16)).isNotEmpty();
        Script script;
        NavigableSet<String> expected;
        try (ChaosScope first = ChaosScope.open("first", plan)) {
            expected = decisions(first, 16);
            script = first.round().decisions().script();
        }
        assertThat(script.decisions()).hasSizeGreaterThanOrEqualTo(5);

        for (int run = 0; run < RUNS; run++) {
            assertThat(decisions(plan.following(script), threads(run)))
                    .as("run " + run)
                    .isEqualTo(expected);
        }
    }

    @Test
    void anotherSeedGivesOtherDecisions() throws InterruptedException {
        Rule rule = rulesThatTheSeedFixes().get(0);

        assertThat(decisions(Plan.of(new Seed(1), rule), 4)).isNotEqualTo(decisions(Plan.of(new Seed(2), rule), 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void twiceOverTheScopeIsTwiceWhateverTheThreads(int threads) throws InterruptedException {
        List<Rule> rules = List.of(
                Rule.of(Target.of(COMMIT), Trigger.first(2), CUT),
                Rule.of(Target.of(COMMIT), Trigger.always().times(2), CUT),
                Rule.of(Target.of(COMMIT), Trigger.between(100, 101), CUT));
        for (Rule rule : rules) {
            for (int run = 0; run < 30; run++) {
                assertThat(decisions(Plan.of(new Seed(run), rule), threads)).hasSize(2);
            }
        }
    }

    @Test
    void onEachLaneOnceIsOnceOnEachLane() throws InterruptedException {
        Plan plan = Plan.of(
                new Seed(77), Rule.of(Target.of(COMMIT), Trigger.nth(2), CUT).perLane());

        assertThat(decisions(plan, 16))
                .hasSize(LANES)
                .allMatch(line -> line.startsWith("sql:COMMIT, 2nd on lane app-"));
    }

    private static int threads(int run) {
        return List.of(1, 4, 16).get(run % 3);
    }

    /** Every hit that was struck, with what struck there. */
    private static NavigableSet<String> decisions(Plan plan, int threads) throws InterruptedException {
        try (ChaosScope scope = ChaosScope.open("reproducible", plan)) {
            return decisions(scope, threads);
        }
    }

    private static NavigableSet<String> decisions(ChaosScope scope, int threads) throws InterruptedException {
        List<List<String>> struck = Workers.of(LANES)
                .named("app")
                .atOnce(threads)
                .call(worker -> new Caller(scope).calls())
                .values();
        scope.verify();
        NavigableSet<String> all = new TreeSet<>();
        struck.forEach(all::addAll);
        assertThat(scope.fired()).hasSize(all.size());
        return all;
    }

    /** Stands for a seam that is called on a worker: which connection it has is left to chance. */
    private record Caller(ChaosScope scope) {

        List<String> calls() {
            List<String> struck = new ArrayList<>();
            for (int n = 0; n < CALLS; n++) {
                call(UPDATE, struck);
                call(COMMIT, struck);
            }
            return struck;
        }

        private void call(Site site, List<String> struck) {
            Lane connection = scope.round().newLane("connection");
            Strike strike = scope.round().at(site, connection, site::name, Set.of());
            if (strike != null) {
                for (Strike.Blow blow : strike.blows()) {
                    Hit hit = blow.fired().hit();
                    struck.add(hit + " " + blow.fault() + " " + blow.draw());
                    blow.fault().mustComeBack().ifPresent(blow::answered);
                }
            }
        }
    }
}
