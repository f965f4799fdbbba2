// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitChainsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Activity session(int pid, Integer... blockedBy) {
        return new Activity(
                pid,
                Optional.of(NOW),
                "bank",
                "app",
                "test",
                Optional.of("client backend"),
                Optional.of("active"),
                Optional.of(NOW),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "SELECT 1",
                Optional.empty(),
                Optional.empty(),
                List.of(blockedBy));
    }

    private static List<String> waits(int waiters) {
        List<Activity> sessions = IntStream.range(0, waiters + 1)
                .mapToObj(i -> i == 0 ? session(1) : session(i + 1, 1))
                .toList();
        return new ServerState(NOW, "18.0", "bank", "app", false, true, sessions, List.of(), List.of())
                .describeWaits(Set.of());
    }

    @Test
    void whatIsLeftOutIsSaidAndNoWaiterIsShownWithoutWhomItWaitsFor() {
        List<String> lines = waits(150);

        assertThat(lines).hasSize(201).endsWith("... and more than are shown");
        assertThat(lines.get(199)).startsWith("  waits for pid 1 (");
    }

    @Test
    void aFewAreShownAll() {
        assertThat(waits(3)).hasSize(6).noneMatch(line -> line.startsWith("..."));
    }
}
