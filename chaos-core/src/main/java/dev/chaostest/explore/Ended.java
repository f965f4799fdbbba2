// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the test method of one round ended.
 *
 * @param turn what was run
 * @param thrown what the method threw, or null if it returned normally
 * @param isExpected whether that is the injected failure, has it in its chain of causes, or was accepted by the test
 * @param hasStruck whether the fault of the round struck
 * @since 0.1
 */
public record Ended(Turn turn, @Nullable Throwable thrown, boolean isExpected, boolean hasStruck) {

    /** Whether the method returned normally: what it was to do must be done. */
    public boolean hasReturned() {
        return thrown == null;
    }

    /** Whether nothing was to be injected. */
    public boolean isClean() {
        return turn instanceof Turn.Clean;
    }

    /** The variant that was tried; empty for a clean round. */
    public Optional<Variant> variant() {
        return turn.variant();
    }
}
