// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A victim that is made of code.
 *
 * @param probe null if nobody can say; then nothing is asserted
 */
record Given(
        String name,
        Callable<? extends AutoCloseable> opener,
        @Nullable Callable<Boolean> probe,
        Duration within) implements Victim {

    @Override
    public AutoCloseable down() throws Exception {
        return opener.call();
    }

    @Override
    public boolean isUp() throws Exception {
        return probe != null && probe.call();
    }

    static boolean canSay(Victim victim) {
        return !(victim instanceof Given given) || given.probe != null;
    }

    @Override
    public String toString() {
        return name;
    }
}
