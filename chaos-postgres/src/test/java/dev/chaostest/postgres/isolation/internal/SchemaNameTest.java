// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaNameTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    /** Of {@code _toujs0_r_1}. */
    private static final int REST = 11;

    @Test
    void sixtyThreeBytesAreANameAndSixtyFourAreNot() {
        String fits = "a".repeat(63 - REST);
        assertThat(SchemaName.next(fits, new Run("r"), NOW).text()).hasSize(63);

        assertThatThrownBy(() -> SchemaName.next(fits + "a", new Run("r"), NOW))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A schema name must have at most 63 bytes in UTF-8, but \"" + fits
                        + "a_toujs0_r_1\" has 64. Shorten the prefix \"" + fits + "a\" by 1.");
    }

    @Test
    void bytesCountNotCharacters() {
        String rockets = "\uD83D\uDE80".repeat(13);
        String name = SchemaName.next(rockets, new Run("r"), NOW).text();
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(63);
        assertThatThrownBy(() -> SchemaName.next(rockets + "é", new Run("r"), NOW))
                .hasMessageContaining("has 65.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''     | A schema prefix must not be empty, but was "". Use for example "chaos".
                    pg_my  | A schema prefix must not begin with "pg_", which PostgreSQL keeps for itself, but was "pg_my". Use for example "chaos".
                    """)
    void anUnusablePrefixIsRefused(String prefix, String message) {
        assertThatThrownBy(() -> SchemaName.requirePrefix(prefix))
                .isInstanceOf(ChaosException.class)
                .hasMessage(message);
    }

    @Test
    void nulAndHalvesOfCharactersAreRefused() {
        assertThatThrownBy(() -> SchemaName.requirePrefix("a\0b"))
                .hasMessage(
                        "A schema prefix must not hold a NUL character, but was \"a\\0b\". Use for example \"chaos\".");
        assertThatThrownBy(() -> SchemaName.requirePrefix("a\uD83D")).hasMessageContaining("must be valid Unicode");
    }

    @Test
    void theAgeIsReadFromAName() {
        String name = SchemaName.next("a.b", new Run("r7"), NOW).text();
        assertThat(SchemaName.madeAt("a.b", name)).contains(NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chaos",
                "chaos_",
                "chaos_toujs0",
                "chaos_toujs0_r",
                "chaos_toujs0_r_x",
                "chaos_toujs0_r_1_old",
                "my_chaos_toujs0_r_1",
                "chaos_x_toujs0_r_1",
                "chaosxtoujs0_r_1",
                "Chaos_toujs0_r_1",
                "chaos_toujs0_R_1",
                "chaos_toujs0_r_1\n"
            })
    void similarNamesAreNotOurs(String name) {
        assertThat(SchemaName.madeAt("chaos", name)).isEmpty();
    }

    @Test
    void quotesAreDoubled() {
        SchemaName name = new SchemaName("a\"b");
        assertThat(name.quoted()).isEqualTo("\"a\"\"b\"");
        assertThat(name.searchPath(true)).isEqualTo("\"a\"\"b\",public");
    }
}
