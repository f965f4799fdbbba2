// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Set<String> KNOWN =
            Set.of("chaos.seed", "chaos.replay", "chaos.jdbc.url", "chaos.keep-red", "chaos.dryRun");

    private static Settings settings(Map<String, String> properties, Map<String, String> environment) {
        return new Settings(key -> Optional.ofNullable(properties.get(key)), environment, KNOWN);
    }

    @Nested
    class WhenLookedUp {

        @Test
        void propertyComesBeforeTheEnvironment() {
            Settings both = settings(Map.of("chaos.seed", "1"), Map.of("CHAOS_SEED", "2"));

            assertThat(both.get("chaos.seed")).contains("1");
            assertThat(both.property("chaos.seed")).contains("1");
            assertThat(both.environment("chaos.seed")).contains("2");
        }

        @Test
        void environmentIsAskedWhereThereIsNoProperty() {
            assertThat(settings(Map.of(), Map.of("CHAOS_SEED", "2")).get("chaos.seed"))
                    .contains("2");
        }

        @Test
        void dotsAndHyphensAreUnderscoresInTheEnvironment() {
            Settings environment = settings(Map.of(), Map.of("CHAOS_JDBC_URL", "jdbc:x", "CHAOS_KEEP_RED", "true"));

            assertThat(environment.get("chaos.jdbc.url")).contains("jdbc:x");
            assertThat(environment.get("chaos.keep-red")).contains("true");
        }

        @Test
        void aCapitalBeginsAWordInTheEnvironment() {
            assertThat(settings(Map.of(), Map.of("CHAOS_DRY_RUN", "true")).get("chaos.dryRun"))
                    .contains("true");
            assertThatThrownBy(() ->
                            settings(Map.of(), Map.of("CHAOS_DRYRUN", "true")).requireKnown(List.of()))
                    .hasMessageEndingWith("\"CHAOS_DRYRUN\" is set. Did you mean \"CHAOS_DRY_RUN\"?");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t"})
        void emptyValueCountsAsAbsent(String empty) {
            Settings property = settings(Map.of("chaos.seed", empty), Map.of("CHAOS_SEED", "2"));

            assertThat(property.get("chaos.seed")).contains("2");
            assertThat(settings(Map.of(), Map.of("CHAOS_SEED", empty)).get("chaos.seed"))
                    .isEmpty();
        }

        @Test
        void nothingIsSetByDefault() {
            assertThat(settings(Map.of(), Map.of()).get("chaos.seed")).isEmpty();
        }

        @Test
        void keyThatIsNotListedIsAMistakeOfOurs() {
            Settings settings = settings(Map.of("chaos.sed", "1"), Map.of());

            assertThatThrownBy(() -> settings.get("chaos.sed"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("key must be listed as known, but \"chaos.sed\" is not. Add it.");
            assertThatThrownBy(() -> settings.property("chaos.sed")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> settings.environment("chaos.sed")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void systemPropertiesAreRead() {
            assertThat(Settings.ofSystem(Set.of("java.version")).get("java.version"))
                    .contains(System.getProperty("java.version"));
        }
    }

    @Nested
    class WhenCheckedForTypos {

        @Test
        void knownAndForeignKeysPass() {
            Settings settings =
                    settings(Map.of(), Map.of("CHAOS_SEED", "1", "PATH", "/bin", "CHAOS_TOOLKIT_HOME", "/x"));

            assertThatCode(() -> settings.requireKnown(
                            List.of("chaos.seed", "user.home", "chaosmonkey.x", "chaos.monkey.enabled")))
                    .doesNotThrowAnyException();
        }

        @Test
        void unknownPropertyIsRefusedWithTheNearest() {
            Settings settings = settings(Map.of(), Map.of());

            assertThatThrownBy(() -> settings.requireKnown(List.of("chaos.seed", "chaos.relpay")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A setting must be one of [chaos.dryRun, chaos.jdbc.url, chaos.keep-red, chaos.replay, chaos.seed], but "
                                    + "\"chaos.relpay\" is set. Did you mean \"chaos.replay\"?");
        }

        @Test
        void farOffPropertyIsRefusedToo() {
            assertThatThrownBy(() -> settings(Map.of(), Map.of()).requireKnown(List.of("chaos.something.else")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("but \"chaos.something.else\" is set.");
        }

        @Test
        void firstOfSeveralIsNamedWhateverTheirOrder() {
            assertThatThrownBy(() -> settings(Map.of(), Map.of()).requireKnown(List.of("chaos.zzz", "chaos.aaa")))
                    .hasMessageContaining("\"chaos.aaa\"");
        }

        @Test
        void typoInTheEnvironmentIsRefusedWithTheVariable() {
            Settings settings = settings(Map.of(), Map.of("CHAOS_SEDE", "1"));

            assertThatThrownBy(() -> settings.requireKnown(List.of()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A setting must be one of [chaos.dryRun, chaos.jdbc.url, chaos.keep-red, chaos.replay, chaos.seed], but "
                                    + "\"CHAOS_SEDE\" is set. Did you mean \"CHAOS_SEED\"?");
        }

        @Test
        void noMessageHoldsAValue() {
            Settings settings = settings(Map.of("chaos.sed", "secret"), Map.of("CHAOS_SEDE", "secret"));

            assertThatThrownBy(() -> settings.requireKnown(List.of("chaos.sed")))
                    .message()
                    .doesNotContain("secret");
            assertThatThrownBy(() -> settings.requireKnown(List.of())).message().doesNotContain("secret");
        }
    }
}
