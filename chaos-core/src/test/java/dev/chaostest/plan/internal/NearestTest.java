// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final List<String> KEYS = List.of("chaos.seed", "chaos.replay", "chaos.jdbc.url");

    @ParameterizedTest
    @CsvSource({
        "chaos.sed, chaos.seed",
        "chaos.seeds, chaos.seed",
        "chaos.reply, chaos.replay",
        "chaos.jdbcurl, chaos.jdbc.url",
        "chaos.seed, chaos.seed"
    })
    void findsTheNameThatWasMeant(String typed, String meant) {
        assertThat(Nearest.of(typed, KEYS)).isEqualTo(meant);
    }

    @Test
    void givesTheFirstByNameOfTwoEquallyNear() {
        assertThat(Nearest.of("b", List.of("c", "a"))).isEqualTo("a");
    }

    @Test
    void oneOrTwoSlipsAreATypo() {
        assertThat(Nearest.isTypo("CHAOS_SED", List.of("CHAOS_SEED"))).isTrue();
        assertThat(Nearest.isTypo("CHAOS_DEES", List.of("CHAOS_SEED"))).isTrue();
        assertThat(Nearest.isTypo("CHAOS_TOOLKIT", List.of("CHAOS_SEED"))).isFalse();
        assertThat(Nearest.isTypo("anything", List.of())).isFalse();
    }

    @Test
    void needsNames() {
        assertThatThrownBy(() -> Nearest.of("a", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names must not be empty, but were.");
    }
}
