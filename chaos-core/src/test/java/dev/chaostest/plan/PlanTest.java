// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final Seed SEED = new Seed(77);
    private static final Target COMMIT = Target.of(new Site("sql", "COMMIT"));
    private static final Fault CUT = new Cut(When.AFTER);
    private static final Rule RULE = Rule.of(COMMIT, Trigger.nth(1), CUT);
    private static final String COUNTED = "which lane meets a count over the whole scope, when several lanes run";
    private static final String TIMED = "what falls into a span of time";

    @Test
    void ruleCountsOverTheScopeAndIsStrictByDefault() {
        assertThat(RULE.counting()).isEqualTo(Rule.Counting.SCOPE);
        assertThat(RULE.optional()).isFalse();
        assertThat(RULE).hasToString("connection lost after the effect (the reply was cut) at sql:COMMIT, hit 1");
    }

    @Test
    void ruleCanBeRelaxedWithoutLosingTheRest() {
        Rule relaxed = RULE.perLane().mayMiss();

        assertThat(relaxed).isEqualTo(RULE.mayMiss().perLane());
        assertThat(relaxed.optional()).isTrue();
        assertThat(relaxed.counting()).isEqualTo(Rule.Counting.LANE);
        assertThat(relaxed)
                .hasToString("connection lost after the effect (the reply was cut) at sql:COMMIT, hit 1 on each lane");
    }

    @Test
    void fingerprintIsTheSameForTheSameRulesUnderAnySeed() {
        Plan same = Plan.of(
                new Seed(1), Rule.of(Target.of(new Site("sql", "COMMIT")), Trigger.nth(1), new Cut(When.AFTER)));

        assertThat(Plan.of(SEED, RULE).fingerprint()).isEqualTo(same.fingerprint());
    }

    @Test
    void fingerprintChangesWithEverythingThatDecides() {
        Rule other = Rule.of(Target.seam("sql"), Trigger.nth(1), CUT);
        List<Plan> plans = List.of(
                Plan.of(SEED),
                Plan.of(SEED, RULE),
                Plan.of(SEED, RULE, RULE),
                Plan.of(SEED, RULE, other),
                Plan.of(SEED, other, RULE),
                Plan.of(SEED, RULE.perLane()),
                Plan.of(SEED, Rule.of(COMMIT, Trigger.nth(2), CUT)),
                Plan.of(SEED, Rule.of(COMMIT, Trigger.nth(1), new Cut(When.BEFORE))));

        assertThat(plans.stream().map(Plan::fingerprint)).doesNotHaveDuplicates();
    }

    @Test
    void fingerprintIsTheSameInEveryVersion() {
        assertThat(Plan.of(SEED, RULE).fingerprint()).isEqualTo(GOLDEN);
    }

    @Test
    void allowanceToMissChangesNoDecisionAndNoFingerprint() {
        assertThat(Plan.of(SEED, RULE.mayMiss()).fingerprint())
                .isEqualTo(Plan.of(SEED, RULE).fingerprint());
    }

    @Test
    void seedFixesDrawsAndCountsPerLane() {
        assertThat(Plan.of(
                                SEED,
                                Rule.of(COMMIT, Trigger.always(), CUT),
                                Rule.of(COMMIT, Trigger.probability(0.1), CUT),
                                RULE.perLane())
                        .unfixed(2))
                .isEmpty();
    }

    @Test
    void seedDoesNotFixCountsOverTheScopeNorSpansOfTime() {
        Rule timed = Rule.of(COMMIT, Trigger.during(Duration.ofSeconds(2)), CUT);

        assertThat(Plan.of(SEED, RULE).unfixed(2)).containsExactly(COUNTED);
        assertThat(Plan.of(SEED, timed.perLane()).unfixed(2)).containsExactly(TIMED);
        assertThat(Plan.of(SEED, timed, RULE, RULE).unfixed(2)).containsExactly(COUNTED, TIMED);
    }

    @Test
    void planKeepsItsRulesWhateverBecomesOfTheList() {
        List<Rule> rules = new ArrayList<>(List.of(RULE));
        Plan plan = new Plan(SEED, rules);
        rules.clear();

        assertThat(plan.rules()).containsExactly(RULE);
    }

    @Test
    void targetsSayWhatTheyAreAbout() {
        Site commit = new Site("sql", "COMMIT");
        Site charge = new Site("call", "Gateway.charge");

        assertThat(COMMIT.matches(commit)).isTrue();
        assertThat(COMMIT.matches(new Site("sql", "ROLLBACK"))).isFalse();
        assertThat(COMMIT).hasToString("sql:COMMIT");
        assertThat(Target.seam("sql").matches(commit)).isTrue();
        assertThat(Target.seam("sql").matches(charge)).isFalse();
        assertThat(Target.seam("sql")).hasToString("every sql site");
    }

    @Test
    void sitesAreOrderedBySeamAndName() {
        Site a = new Site("call", "Z");
        Site b = new Site("sql", "A");
        Site c = new Site("sql", "B");

        assertThat(List.of(c, a, b).stream().sorted()).containsExactly(a, b, c);
    }

    @Test
    void seamsHaveNamesWithoutColons() {
        assertThatThrownBy(() -> new Site("sql:", "COMMIT"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("seam must be a name without a colon, but was \"sql:\". Use for example \"sql\".");
        assertThatThrownBy(() -> new Site("", "COMMIT"))
                .hasMessage("seam must be a name without a colon, but was \"\". Use for example \"sql\".");
    }

    @Test
    void lanesHaveNames() {
        assertThatThrownBy(() -> new Lane(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lane must have a name, but was blank. Use for example \"worker-1\".");
    }

    @Test
    void hitsArePrintedWithTheirOrdinal() {
        Site commit = new Site("sql", "COMMIT");
        Lane lane = new Lane("app-1");

        assertThat(List.of(1L, 2L, 3L, 4L, 11L, 12L, 13L, 21L, 102L, 111L))
                .extracting(n -> new Hit(commit, lane, n).toString())
                .containsExactly(
                        "sql:COMMIT, 1st on lane app-1",
                        "sql:COMMIT, 2nd on lane app-1",
                        "sql:COMMIT, 3rd on lane app-1",
                        "sql:COMMIT, 4th on lane app-1",
                        "sql:COMMIT, 11th on lane app-1",
                        "sql:COMMIT, 12th on lane app-1",
                        "sql:COMMIT, 13th on lane app-1",
                        "sql:COMMIT, 21st on lane app-1",
                        "sql:COMMIT, 102nd on lane app-1",
                        "sql:COMMIT, 111th on lane app-1");
    }

    private static final int GOLDEN = 52773077;
}
