// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Isolated, since a system property is everybody's. */
@Isolated
class SettingsTest {

    private final List<String> set = new ArrayList<>();

    @Test
    void aTypingErrorInAKeyFailsEveryTestBeforeItStarts() {
        set("chaos.sead", "77");

        assertThat(Inner.run(GreenTestCases.class).message())
                .startsWith("A setting must be one of [chaos.allowed-hosts, ")
                .endsWith("], but \"chaos.sead\" is set. Did you mean \"chaos.seed\"?");
    }

    @Test
    void theKeysOfAnotherToolAreLeftAlone() {
        set("chaos.monkey.enabled", "true");

        assertThat(Inner.run(GreenTestCases.class).succeeded()).isEqualTo(1);
    }

    @Tag(ChaosTags.PROPERTY)
    static class GreenTestCases {
        @ChaosTest
        void green() {}
    }

    private void set(String key, String value) {
        System.setProperty(key, value);
        set.add(key);
    }

    @AfterEach
    void clear() {
        set.forEach(System::clearProperty);
    }
}
