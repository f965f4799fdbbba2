// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What could strike and did not is missed; what goes by chance need only be reached; what never strikes is exempt. */
class StrictnessTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Behavior OK = Behaviors.healthy();
    private static final Behavior FAILS = Behaviors.alwaysFail(DOWN);
    private static final Behavior CHANCE = Behaviors.intermittent(0.000001, DOWN);

    static List<Fault> thatStrikeEachTime() {
        return List.of(
                FAILS,
                Behaviors.hang(),
                Behaviors.latency(SECOND),
                Behaviors.jitter(SECOND, SECOND),
                Behaviors.degrading(SECOND, Growth.linear(1), SECOND),
                Behaviors.sequence(FAILS, Behaviors.hang()).cycle(),
                Behaviors.onAttempt(1).fail(DOWN).then().hang(),
                FAILS.thenAfter(2, Behaviors.hang()),
                FAILS.thenAfter(SECOND, Behaviors.hang()),
                Behaviors.latency(SECOND).with(CHANCE),
                Behaviors.byKey(Map.of("eu", FAILS), Behaviors.hang()));
    }

    @ParameterizedTest
    @MethodSource("thatStrikeEachTime")
    void whatStrikesEachTimeMustDoSoAsOftenAsItsTriggerSays(Fault fault) {
        Planned planned = new Planned(Rule.of(Target.seam("call"), Trigger.first(3), fault));
        assertThat(planned.tally().isMissed()).isTrue();
        planned.calls(2);
        assertThat(planned.tally().isMissed()).as("twice of three times").isTrue();
        planned.call();
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(planned.tally().struck()).isEqualTo(3);
    }

    static List<Fault> thatLeaveTheFirstCallOut() {
        return List.of(
                Behaviors.sequence(OK, FAILS).cycle(),
                Behaviors.onAttempt(2).fail(DOWN).then().ok(),
                Behaviors.onAttempt(2).fail(DOWN).then().hang(),
                Behaviors.nth(2, FAILS),
                Behaviors.everyNth(2, FAILS),
                OK.thenAfter(1, FAILS),
                Behaviors.phases(DOWN).healthy(1).failed(1),
                Behaviors.rateLimit(1, 1, SECOND, after -> DOWN.get()),
                Behaviors.windowLimit(1, SECOND, after -> DOWN.get()),
                CHANCE.with(Behaviors.nth(2, FAILS)),
                Behaviors.byMethod(Map.of("charge", Behaviors.nth(2, FAILS)), CHANCE),
                Behavior.of("second", () -> occasion -> occasion.nth() == 2 ? List.of(Failure.of(DOWN)) : List.of()));
    }

    @ParameterizedTest
    @MethodSource("thatLeaveTheFirstCallOut")
    void whatLeavesCallsOutMustStrikeOnce(Fault fault) {
        Planned planned = new Planned(fault);
        planned.call();
        assertThat(planned.tally().isMissed()).isTrue();
        assertThat(planned.tally().struck()).isZero();
        planned.call();
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(planned.tally().struck()).isEqualTo(1);

        Planned twice = new Planned(Rule.of(Target.seam("call"), Trigger.first(2), fault));
        twice.calls(2);
        assertThat(twice.tally().isMissed()).as("once is enough of two").isFalse();
    }

    static List<Fault> thatSpareOneKey() {
        Behavior euOnly = Behaviors.byKey(Map.of("eu", FAILS), OK);
        return List.of(
                euOnly,
                euOnly.thenAfter(5, OK),
                euOnly.thenAfter(SECOND, OK),
                Behaviors.sequence(euOnly).thenHealthy(),
                Behaviors.everyNth(1, euOnly),
                Behaviors.onAttempt(1).does(euOnly).then().ok(),
                Behaviors.phases(DOWN).during(5, euOnly),
                Behavior.of("own", euOnly::course));
    }

    @ParameterizedTest
    @MethodSource("thatSpareOneKey")
    void aKeyThatNothingIsPlannedForIsNotHeldToItWhereverTheBehaviorIs(Fault fault) {
        Planned planned = new Planned(Planned.rule(fault).perKey());

        assertThat(List.of(planned.call("eu"), planned.call("us"))).containsExactly("fail", "");
        assertThat(planned.tally().lacking()).isEmpty();
        assertThat(planned.tally().isMissed()).isFalse();
    }

    @Test
    void aKeyThatDidNotComeToWhatIsPlannedForItIsHeldToIt() {
        Behavior late = OK.thenAfter(1, Behaviors.byKey(Map.of("eu", FAILS), OK));
        Planned planned = new Planned(Planned.rule(late).perKey());

        assertThat(planned.call("eu")).isEmpty();
        assertThat(planned.tally().isMissed()).isTrue();
        assertThat(planned.call("eu")).isEqualTo("fail");
        assertThat(planned.tally().isMissed()).isFalse();
    }

    static List<Fault> thatGoByChance() {
        return List.of(
                CHANCE,
                Behaviors.sequence(OK, CHANCE).cycle(),
                CHANCE.thenAfter(SECOND, OK),
                CHANCE.with(CHANCE),
                Behaviors.phases(DOWN)
                        .recovering(5)
                        .during(1, CHANCE)
                        .healthy(5)
                        .recovering(1),
                Behaviors.byKey(Map.of("eu", CHANCE), OK));
    }

    @ParameterizedTest
    @MethodSource("thatGoByChance")
    void whatGoesByChanceNeedOnlyBeReached(Fault fault) {
        assertThat(fault.mustStrike(5)).isZero();
        assertThat(fault.isCertain()).isFalse();
        Planned planned = new Planned(fault);
        assertThat(planned.tally().isMissed()).as("nothing arrived").isTrue();
        planned.call();
        assertThat(planned.tally().isMissed()).isFalse();
    }

    static List<Fault> thatNeverStrike() {
        Behavior never = Behaviors.intermittent(0, DOWN);
        return List.of(
                OK,
                never,
                OK.with(never),
                OK.thenAfter(2, never),
                Behaviors.nth(2, OK),
                Behaviors.sequence(OK, never).cycle(),
                Behaviors.onAttempt(1).ok().then().ok(),
                Behaviors.phases(DOWN),
                Behaviors.phases(DOWN).healthy(SECOND),
                Behaviors.byKey(Map.of("eu", OK), never));
    }

    @ParameterizedTest
    @MethodSource("thatNeverStrike")
    void whatNeverStrikesIsExempt(Fault fault) {
        Planned planned = new Planned(fault);
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(planned.calls(20)).containsOnly("");
        assertThat(planned.tally().isMissed()).isFalse();
    }

    @Test
    void keysAreBounded() {
        Planned planned = new Planned(Planned.rule(FAILS).perKey());
        for (int key = 0; key < 100_000; key++) {
            planned.call("key-" + key);
        }

        assertThatThrownBy(() -> planned.call("one-more"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("a rule must count for at most 100000 keys, but \"one-more\" is one more. Let several hits "
                        + "share a key.");
        assertThat(planned.call("key-7")).as("a known one").isEqualTo("fail");
    }
}
