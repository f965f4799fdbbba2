// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Settings;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * How long hangs last that nothing would end; empty for the defaults.
 *
 * @param mounts where the client's time-outs are known
 * @param links where they are not
 */
record HangLimits(Optional<Duration> mounts, Optional<Duration> links) {

    private static final String MOUNTS = "chaos.hang-limit";
    private static final String LINKS = "chaos.link-hang-limit";

    static HangLimits read(Settings settings) {
        return new HangLimits(
                settings.get(MOUNTS).map(text -> Durations.parse(MOUNTS, text)),
                settings.get(LINKS).map(text -> Durations.parse(LINKS, text)));
    }

    void apply(Round round) {
        mounts.ifPresent(round::patience);
        links.ifPresent(round.linkPatience()::limit);
    }
}
