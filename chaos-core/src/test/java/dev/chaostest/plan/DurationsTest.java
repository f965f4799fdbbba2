// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "0ms, 0",
        "1us, 1000",
        "0.001us, 1",
        "250ms, 250000000",
        "250 ms, 250000000",
        "250MS, 250000000",
        "1.001ms, 1001000",
        "1.5s, 1500000000",
        "5m, 300000000000",
        "0.5h, 1800000000000",
        "24h, 86400000000000"
    })
    void areReadAsUsersWriteThem(String text, long nanos) {
        assertThat(Durations.parse("chaos.deadline", text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "ms", "-5ms", "5 minutes", "5d", "1.s", ".5s", "1e3ms", "5ms!", "1234567890s"})
    void refuseWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse("chaos.deadline", text))
                .isInstanceOf(ChaosException.class)
                .hasMessage("chaos.deadline must be a number and a unit (us, ms, s, m or h), but was \"" + text
                        + "\". Write for example \"250ms\".");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0us",
        "1, 0.001us",
        "1500, 1.5us",
        "999000, 999us",
        "1000000, 1ms",
        "250000000, 250ms",
        "250500000, 250.5ms",
        "999999999, 1000ms",
        "1000000000, 1s",
        "1234567890, 1.235s",
        "2000000001, 2s",
        "10000000001, 10s",
        "90000000000, 90s"
    })
    void arePrintedInTheLargestUnitThatShowsThemWell(long nanos, String text) {
        assertThat(Durations.print(Duration.ofNanos(nanos))).isEqualTo(text);
    }

    @Test
    void whatIsAsGoodAsForEverIsPrintedToo() {
        assertThat(Durations.print(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo("9223372036.855s");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_500, 250_000_000, 1_001_000, 90_000_000_000L})
    void areReadAsTheyArePrinted(long nanos) {
        Duration duration = Duration.ofNanos(nanos);

        assertThat(Durations.parse("it", Durations.print(duration))).isEqualTo(duration);
    }
}
