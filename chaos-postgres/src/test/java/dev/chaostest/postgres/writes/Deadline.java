// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;

/** Asks the server again until it says yes, for at most 30 s. */
final class Deadline {

    private Deadline() {}

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() < end) {
            holds = condition.getAsBoolean();
        }
        assertThat(holds).isTrue();
    }
}
