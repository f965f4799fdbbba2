// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.Optional;

/**
 * The next execution of the test in a sweep.
 *
 * @since 0.1
 */
public sealed interface Turn {

    /** What a person reads in the list of rounds. */
    String name();

    /** The variant that is tried; empty for others. */
    default Optional<Variant> variant() {
        return Optional.empty();
    }

    /**
     * Nothing is injected; each arrival is written down.
     *
     * @param again whether it is the second one, which shows what differs from run to run
     */
    record Clean(boolean again) implements Turn {
        @Override
        public String name() {
            return again ? "clean round, again" : "clean round";
        }
    }

    /**
     * One fault is injected.
     *
     * @param of which
     * @param first what came of it the first time, if this is the second
     */
    record Try(Variant of, Optional<Outcome> first) implements Turn {
        @Override
        public String name() {
            return of + (first.isPresent() ? ", again" : "");
        }

        @Override
        public Optional<Variant> variant() {
            return Optional.of(of);
        }
    }

    /**
     * Nothing is run: the sweep is over, and says what came of it.
     *
     * @param verdict what it says
     */
    record End(Verdict verdict) implements Turn {
        @Override
        public String name() {
            return "verdict: " + verdict.line();
        }
    }
}
