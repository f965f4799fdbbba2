// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.work.Workers;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {

    @Test
    void namesSayTheirRunAndNumber() {
        Run run = new Run("ci42");

        assertThat(run.id()).isEqualTo("ci42");
        assertThat(run.unique("chaos")).isEqualTo("chaos_ci42_1");
        assertThat(run.unique("chaos")).isEqualTo("chaos_ci42_2");
        assertThat(run.unique("other")).isEqualTo("other_ci42_3");
    }

    @Test
    void namesAreUniqueUnderManyThreads() throws InterruptedException {
        Run run = new Run("x");
        List<String> names =
                Workers.of(8)
                        .call(worker -> IntStream.range(0, 500)
                                .mapToObj(n -> run.unique("t"))
                                .toList())
                        .values()
                        .stream()
                        .flatMap(List::stream)
                        .toList();

        assertThat(names).hasSize(4_000).doesNotHaveDuplicates();
    }

    @Test
    void prefixesOfTwoRunsCanNotMakeTheSameName() {
        assertThat(new Run("b").unique("a_b")).isNotEqualTo(new Run("1").unique("a_b"));
    }

    @Test
    void randomRunsDifferAndAreValid() {
        List<String> ids =
                IntStream.range(0, 50).mapToObj(n -> Run.random().id()).toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z0-9]{1,6}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CI", "a_b", "a-b", "12345678901234567", "ä"})
    void idMustFitIntoNamesEverywhere(String id) {
        assertThatThrownBy(() -> new Run(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("chaos.run must be 1 to 16 lower-case letters or digits, but was \"" + id
                        + "\". Use for example the number of the build.");
    }
}
