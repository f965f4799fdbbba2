// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Things that last, and the rules that are asked about them. */
class StandingTest {

    private static final Site WHOLE = new Site("link", "bank");
    private static final Site PART = new Site("link", "bank toServer");
    private static final Delay SLOW = Delay.of(Duration.ofMillis(1));
    private static final Detail NOTHING = () -> null;

    @Test
    void eachRuleIsAskedOnceAlsoOneThatIsAddedLater() {
        Round round = round(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        Standing standing = round.standing(List.of(WHOLE, PART), new Lane("a-1"));

        assertThat(standing.ask(NOTHING)).hasSize(1);
        assertThat(standing.ask(NOTHING)).isEmpty();
        round.add(Rule.of(Target.of(PART), Trigger.always(), SLOW));
        assertThat(standing.ask(NOTHING))
                .extracting(pending -> pending.hit().site())
                .containsExactly(PART);
        assertThat(standing.ask(NOTHING)).isEmpty();
    }

    @Test
    void aRuleAboutSeveralOfItsSitesIsAskedAtTheFirst() {
        Round round = round(Rule.of(Target.seam("link"), Trigger.always(), SLOW));

        List<Pending> due =
                round.standing(List.of(WHOLE, PART), new Lane("a-1")).ask(NOTHING);

        assertThat(due).extracting(pending -> pending.hit().site()).containsExactly(WHOLE);
        assertThat(round.decisions().tallies().get(0).reached()).isEqualTo(1);
    }

    @Test
    void whatIsDecidedIsInTheLedgerOnceItStrikes() {
        Round round = round(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        Pending pending =
                round.standing(List.of(WHOLE), new Lane("a-1")).ask(NOTHING).get(0);

        assertThat(round.ledger().entries(LedgerEntry.Fired.class)).isEmpty();
        assertThat(round.mismatches())
                .containsExactly(
                        "planned was delay of 1ms before the effect at link:bank, every time, but it took hold 0 of "
                                + "1 time; on a-1 there was nothing to strike");
        pending.struck("the text");
        pending.struck("again");
        assertThat(round.ledger().entries(LedgerEntry.Fired.class)).hasSize(1);
        assertThat(round.mismatches()).isEmpty();
    }

    @Test
    void persistentItNeedTakeHoldOnceAndPerLaneOnEach() {
        Rule once = Rule.of(Target.of(WHOLE), Trigger.always(), SLOW);
        Round round = round(once, once.perLane());
        List<Pending> first = round.standing(List.of(WHOLE), new Lane("a-1")).ask(NOTHING);
        List<Pending> second = round.standing(List.of(WHOLE), new Lane("a-2")).ask(NOTHING);

        first.forEach(pending -> pending.struck("x"));

        assertThat(round.mismatches())
                .containsExactly("planned was " + once.perLane() + ", but it took hold 1 of 2 times; on a-2 there was "
                        + "nothing to strike");
        second.forEach(pending -> pending.struck("x"));
        assertThat(round.mismatches()).isEmpty();
    }

    @Test
    void whatMayMissNeedNotTakeHold() {
        Round round = round(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW).mayMiss());
        round.standing(List.of(WHOLE), new Lane("a-1")).ask(NOTHING);

        assertThat(round.mismatches()).isEmpty();
    }

    @Test
    void whatEndsTheCallOvershadowsWhatComesLater() {
        Rule cut = Rule.of(Target.of(WHOLE), Trigger.always(), new Cut(When.BEFORE));
        Round round = round(cut);
        Standing standing = round.standing(List.of(WHOLE), new Lane("a-1"));

        assertThat(standing.ask(NOTHING)).hasSize(1);
        round.add(cut);
        assertThat(standing.ask(NOTHING)).isEmpty();
        assertThat(round.ledger().entries(LedgerEntry.Overshadowed.class)).hasSize(1);
    }

    @Test
    void whoAsksIsToldOfRulesAndOfRounds() {
        AtomicInteger added = new AtomicInteger();
        AtomicInteger armed = new AtomicInteger();
        Round round = round();
        Mount mount = new Mount("the link bank", "link", java.util.Set.of(Delay.class));
        mount.whenArmed(each -> armed.incrementAndGet());
        Runnable unwatch = round.whenAdded(added::incrementAndGet);

        mount.arm(round);
        round.add(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        unwatch.run();
        round.add(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));

        assertThat(armed).hasValue(1);
        assertThat(added).hasValue(1);
    }

    @Test
    void whatIsParkedIsFreedWhenItsRuleIsTakenOutAndWhenTheRoundEnds() {
        AtomicInteger freed = new AtomicInteger();
        Round round = round(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        Standing standing = round.standing(List.of(WHOLE), new Lane("a-1"));
        standing.ask(NOTHING).get(0).park(freed::incrementAndGet);
        Runnable takeOut = round.add(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        standing.ask(NOTHING).get(0).park(freed::incrementAndGet);

        takeOut.run();
        assertThat(freed).hasValue(1);
        round.end();
        assertThat(freed).hasValue(2);
        round.add(Rule.of(Target.of(WHOLE), Trigger.always(), SLOW));
        assertThat(standing.ask(NOTHING)).isEmpty();
    }

    private static Round round(Rule... rules) {
        return new Round("standing", Plan.of(new Seed(3), rules), new VirtualTime());
    }
}
