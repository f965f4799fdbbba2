// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Lane LANE = new Lane("worker-1");
    private static final long RULE = Seed.hash("a rule");

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 77, Long.MIN_VALUE, Long.MAX_VALUE})
    void isReadAsItIsPrinted(long value) {
        Seed seed = new Seed(value);

        assertThat(Seed.parse(seed.toString())).isEqualTo(seed);
    }

    @Test
    void ignoresSpaceAroundTheNumber() {
        assertThat(Seed.parse(" 77\n")).isEqualTo(new Seed(77));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "seven", "7.5", "0x77", "9223372036854775808", "7 7"})
    void refusesWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> Seed.parse(text))
                .isInstanceOf(ChaosException.class)
                .hasCauseInstanceOf(NumberFormatException.class)
                .hasMessage("chaos.seed must be a whole number between -9223372036854775808 and 9223372036854775807, "
                        + "but was \"" + text + "\". Copy the number from the failure's replay line.");
    }

    @Test
    void firstRoundHasTheSeedItself() {
        assertThat(new Seed(77).round(1)).isEqualTo(new Seed(77));
    }

    @Test
    void roundsHaveSeedsOfTheirOwn() {
        Seed seed = new Seed(77);

        assertThat(LongStream.rangeClosed(1, 10_000).mapToObj(seed::round)).doesNotHaveDuplicates();
        assertThat(seed.round(2)).isEqualTo(new Seed(77).round(2)).isNotEqualTo(new Seed(78).round(2));
    }

    @Test
    void zeroIsASeedLikeAnyOther() {
        assertThat(LongStream.rangeClosed(1, 1_000).mapToDouble(n -> draw(new Seed(0), n)))
                .doesNotHaveDuplicates();
    }

    @Test
    void randomSeedsDiffer() {
        assertThat(LongStream.range(0, 100).mapToObj(i -> Seed.random())).doesNotHaveDuplicates();
    }

    @Test
    void drawIsAFunctionOfEverythingThatNamesTheHit() {
        Seed seed = new Seed(77);
        Hit hit = new Hit(COMMIT, LANE, 1);
        double draw = seed.draw(RULE, hit);

        assertThat(seed.draw(RULE, new Hit(new Site("sql", "COMMIT"), new Lane("worker-1"), 1)))
                .isEqualTo(draw);
        assertThat(new Seed(78).draw(RULE, hit)).isNotEqualTo(draw);
        assertThat(seed.draw(RULE + 1, hit)).isNotEqualTo(draw);
        assertThat(seed.draw(RULE, new Hit(new Site("sql", "ROLLBACK"), LANE, 1)))
                .isNotEqualTo(draw);
        assertThat(seed.draw(RULE, new Hit(new Site("call", "COMMIT"), LANE, 1)))
                .isNotEqualTo(draw);
        assertThat(seed.draw(RULE, new Hit(COMMIT, new Lane("worker-2"), 1))).isNotEqualTo(draw);
        assertThat(seed.draw(RULE, new Hit(COMMIT, LANE, 2))).isNotEqualTo(draw);
    }

    @Test
    void drawWithoutARuleIsAFunctionOfItsArguments() {
        Seed seed = new Seed(77);
        double draw = seed.draw(COMMIT, LANE, 1);

        assertThat(draw).isBetween(0.0, 1.0).isNotEqualTo(draw(seed, 1));
        assertThat(seed.draw(COMMIT, new Lane("worker-1"), 1)).isEqualTo(draw);
        assertThat(seed.draw(COMMIT, LANE, 2)).isNotEqualTo(draw);
        assertThat(seed.draw(COMMIT, new Lane("worker-2"), 1)).isNotEqualTo(draw);
        assertThat(new Seed(78).draw(COMMIT, LANE, 1)).isNotEqualTo(draw);
    }

    @Test
    void drawsAreTheSameInEveryVersion() {
        // A replay token must mean the same after an upgrade: a change here is a new version of the token.
        assertThat(new Seed(77).draw(RULE, new Hit(COMMIT, LANE, 1))).isEqualTo(GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 77, -5, Long.MAX_VALUE})
    void drawsAreUniformEnough(long value) {
        int[] buckets = new int[10];
        for (long n = 1; n <= 10_000; n++) {
            buckets[(int) (draw(new Seed(value), n) * 10)]++;
        }

        // 1000 expected, a standard deviation of 30: five of them are never left by chance.
        assertThat(Arrays.stream(buckets).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void drawsOfNeighbouringSeedsAreIndependent() {
        long together = LongStream.rangeClosed(1, 10_000)
                .filter(n -> draw(new Seed(1), n) < 0.5 && draw(new Seed(2), n) < 0.5)
                .count();

        assertThat(together).isBetween(2_280L, 2_720L);
    }

    private static double draw(Seed seed, long n) {
        return seed.draw(RULE, new Hit(COMMIT, LANE, n));
    }

    private static final double GOLDEN = 0.7645690603526472;
}
