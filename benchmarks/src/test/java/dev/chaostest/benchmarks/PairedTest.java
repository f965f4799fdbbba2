// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedTest {

    /** Three JVMs, one pair each. */
    private static final double[][] BASE = {{100}, {200}, {400}};

    private static final double[][] OTHER = {{110}, {200}, {420}};

    @Test
    void ratioIsTheGeometricMeanWithStudentsInterval() {
        Paired ratio = Paired.ratio(BASE, OTHER);
        assertThat(ratio.estimate()).as("cube root of 1.1 * 1 * 1.05").isCloseTo(1.04921, within(1e-5));
        assertThat(ratio.low())
                .as("mean of the logs less 4.3027 standard errors")
                .isCloseTo(0.93206, within(1e-5));
        assertThat(ratio.high()).as("and more").isCloseTo(1.18108, within(1e-5));
    }

    @Test
    void differenceIsTheMeanWithStudentsInterval() {
        Paired difference = Paired.difference(BASE, OTHER);
        assertThat(difference.print("%.2f")).isEqualTo("10.00 [-14.84 .. 34.84]");
    }

    /** The machine gets slower all the time, and for a moment very slow for one of them. */
    @Test
    void neitherDriftNorOneBurstMovesTheRatio() {
        double[] base = {100, 200, 300, 400, 500};
        double[] other = {102, 204, 3060, 408, 510};
        Paired ratio = Paired.ratio(new double[][] {base, base}, new double[][] {other, other});
        assertThat(ratio.print("%.3f")).isEqualTo("1.020 [1.020 .. 1.020]");
    }

    @Test
    void whatOnlyOneOfThemHasIsRefused() {
        assertThatThrownBy(() -> Paired.ratio(new double[3][1], new double[2][1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Both must be measured in the same two JVMs or more, but were in 3 and 2.");
        assertThatThrownBy(() -> Paired.ratio(new double[1][1], new double[1][1]))
                .hasMessage("Both must be measured in the same two JVMs or more, but were in 1 and 1.");
        assertThatThrownBy(() -> Paired.ratio(new double[2][4], new double[2][3]))
                .hasMessage("Both must be measured equally often in a JVM, but were 4 and 3 times.");
    }
}
