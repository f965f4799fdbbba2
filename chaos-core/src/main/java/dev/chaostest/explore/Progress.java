// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how far a long sweep got: a line every ten seconds, as long as rounds end. */
final class Progress {

    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();

    private final String test;
    private final TimeSource time;
    private Consumer<String> out = LOG::info;
    private int planned;
    private long told;

    Progress(String test, TimeSource time) {
        this.test = test;
        this.time = time;
        this.told = time.nanos();
    }

    /** Where lines go in place of the log. */
    void to(Consumer<String> other) {
        out = other;
    }

    void planned(int variants) {
        planned = variants;
    }

    void tell(Tallying tallying) {
        long now = time.nanos();
        if (now - told >= PAUSE) {
            told = now;
            out.accept(test + ": " + tallying.rounds() + " of at most " + planned
                    + (planned == 1 ? " round, " : " rounds, ") + tallying.red() + " red");
        }
    }

    static String print(Duration duration) {
        return Durations.print(duration);
    }
}
