// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.time.VirtualTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecorderTest {

    private static final Lane ONE = new Lane("line-1");
    private static final Lane TWO = new Lane("line-2");

    private final Round round = new Round("WriterTest.writes", Plan.of(new Seed(1)), new VirtualTime());
    private final Recorder recorder = new Recorder(List.of(new Letters()));

    @BeforeEach
    void listen() {
        round.whenHit(recorder);
    }

    private void write(String letter, Lane lane) {
        round.at(Letters.site(letter), lane, () -> "the letter " + letter, Set.of());
    }

    @Test
    void eachArrivalIsAPointWithItsText() {
        write("a", ONE);

        assertThat(recorder.recorded().points()).singleElement().satisfies(point -> {
            assertThat(point.hit()).hasToString("letter:a, 1st on lane line-1");
            assertThat(point.text()).isEqualTo("the letter a");
            assertThat(point.isLaned()).isFalse();
        });
    }

    @Test
    void onlyWhatACatalogueKnowsIsWanted() {
        assertThat(round.isWanted("letter")).isTrue();
        assertThat(round.isWanted(Letters.site("a"))).isTrue();
        assertThat(round.isWanted(new Site("number", "1"))).isFalse();
        Round unheard = new Round("WriterTest.writes", Plan.of(new Seed(1)), new VirtualTime());
        assertThat(unheard.isWanted("letter")).isFalse();
        assertThat(unheard.isWanted(Letters.site("a"))).isFalse();
    }

    @Test
    void arrivalsAreNumberedOverTheRoundAndOnTheirLane() {
        write("a", ONE);
        write("a", TWO);

        Point second = recorder.recorded().points().get(1);
        assertThat(second.nth()).isEqualTo(2);
        assertThat(second.hit().nth()).isEqualTo(1);
    }

    @Test
    void arrivalsOfAStreamThatFollowEachOtherAreOnePoint() {
        write("a", ONE);
        write("r", ONE);
        write("r", ONE);
        write("a", TWO);
        write("r", ONE);
        write("b", ONE);
        write("r", ONE);

        assertThat(recorder.recorded().points())
                .filteredOn(point -> point.site().equals(Letters.site("r")))
                .extracting(Point::nth, Point::length)
                .containsExactly(tuple(1L, 3L), tuple(4L, 1L));
    }

    @Test
    void aFaultInAStreamStrikesInItsMiddle() {
        for (int row = 0; row < 4; row++) {
            write("r", ONE);
        }
        Point rows = recorder.recorded().points().get(0);

        Candidate lost =
                new Letters().at(rows, recorder.recorded()).candidates().get(0);

        assertThat(new Variant(1, rows, "R", lost, false).rule())
                .hasToString("connection lost before the effect " + "(nothing was sent) at letter:r, hit 3");
    }

    @Test
    void whatOnlyTellsAboutOthersIsNoPoint() {
        write("q", ONE);
        write("q", TWO);
        write("a", ONE);

        Recorded recorded = recorder.recorded();

        assertThat(recorded.points()).hasSize(1);
        assertThat(recorded.arrivals())
                .extracting(each -> each.site().name(), each -> each.lane())
                .containsExactly(tuple("q", ONE), tuple("q", TWO), tuple("a", ONE));
    }

    @Test
    void sitesThatNobodyKnowsAreNotWrittenDown() {
        round.at(new Site("digit", "1"), ONE, () -> "1", Set.of());

        assertThat(recorder.recorded().arrivals()).isEmpty();
    }

    @Test
    void whatIsTooMuchIsCounted() {
        for (int i = 0; i < 20_003; i++) {
            write("a", ONE);
        }

        assertThat(recorder.recorded().points()).hasSize(20_000);
        assertThat(recorder.recorded().dropped()).isEqualTo(3);
    }

    @Test
    void aRoundHasOneListener() {
        assertThatThrownBy(() -> round.whenHit(recorder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("at most one must be told of the hits of a round, but one is already.");
    }
}
