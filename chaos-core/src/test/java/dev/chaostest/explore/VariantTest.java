// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VariantTest {

    private static final Lane ONE = new Lane("worker-1");
    private static final Lane TWO = new Lane("worker-2");
    private static final Candidate LOST = new Candidate("lost", "lost before", new Cut(When.BEFORE), true);

    private static Variant variant(boolean isLaned, boolean lasts) {
        Point point = new Point(new Hit(Letters.site("a"), TWO, 2), 3, 1, isLaned, "a", "Writer.write:7", List.of());
        return new Variant(5, point, "A", LOST, lasts);
    }

    /** Which arrivals of a round it strikes: three on each lane, in turn. */
    private static List<String> struck(Variant variant) {
        Round round = new Round("WriterTest", Plan.of(new Seed(1), variant.rule()), new VirtualTime());
        List<String> struck = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            for (Lane lane : List.of(ONE, TWO)) {
                if (round.at(Letters.site("a"), lane, () -> "a", Set.of()) != null) {
                    struck.add(lane + " " + i);
                }
            }
        }
        return struck;
    }

    @Test
    void onceIsTheArrivalOfTheWholeRound() {
        assertThat(struck(variant(false, false))).containsExactly("worker-1 2");
    }

    @Test
    void lastingIsThatAndAllLaterOnes() {
        assertThat(struck(variant(false, true)))
                .containsExactly("worker-1 2", "worker-2 2", "worker-1 3", "worker-2 3");
    }

    @Test
    void onTheLaneOfAThreadItIsTheArrivalOfThatLane() {
        assertThat(struck(variant(true, false))).containsExactly("worker-2 2");
        assertThat(struck(variant(true, true))).containsExactly("worker-2 2", "worker-2 3");
    }

    @Test
    void itsNameSaysWhatWhereAndHowLong() {
        assertThat(variant(false, true)).hasToString("#5 lost before A at Writer.write:7, arrival 3, and from then on");
        assertThat(variant(true, false)).hasToString("#5 lost before A at Writer.write:7 on worker-2");
    }

    @Test
    void itsIdIsItsOwnAndDoesNotDependOnItsNumberOrCaller() {
        Variant variant = variant(false, false);
        Point moved = new Point(variant.point().hit(), 3, 1, false, "a", "Writer.write:8", List.of());

        assertThat(new Variant(6, moved, "A", LOST, false).id()).isEqualTo(variant.id());
        assertThat(Set.of(
                        variant.id(),
                        variant(false, true).id(),
                        variant(true, false).id(),
                        variant(true, true).id()))
                .hasSize(4);
    }

    @Test
    void aRuleThatIsNotMetDoesNotCountAsMissed() {
        Round round = new Round(
                "WriterTest", Plan.of(new Seed(1), variant(true, false).rule()), new VirtualTime());

        assertThat(round.decisions().tallies()).noneMatch(tally -> tally.isMissed());
    }
}
