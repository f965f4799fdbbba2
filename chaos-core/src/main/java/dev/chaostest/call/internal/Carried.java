// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.ChangedResult;
import dev.chaostest.call.Failure;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import java.util.Objects;

/** What the call seam can carry out: anything else would silently do nothing. */
public final class Carried {

    private Carried() {}

    /**
     * Refuses anything else.
     *
     * @param what the place that it was given for
     * @throws IllegalArgumentException if it is none of what can happen to a call
     */
    public static <F extends Fault> F require(String what, F fault) {
        Objects.requireNonNull(fault, what);
        if (!(fault instanceof Behavior
                || fault instanceof Delay
                || fault instanceof Hang
                || fault instanceof Failure
                || fault instanceof ChangedResult)) {
            throw new IllegalArgumentException(
                    what + " must be a Delay, Hang, Failure, ChangedResult or Behavior, but was a "
                            + fault.getClass().getSimpleName() + ": " + fault + ". Use one of those.");
        }
        return fault;
    }

    /**
     * Refuses also what does another thing from hit to hit: it is asked for what strikes, and never strikes itself.
     *
     * @throws IllegalArgumentException if it is no fault that can strike a call
     */
    static void requireStriking(String what, Fault fault) {
        if (require(what, fault) instanceof Behavior) {
            throw new IllegalArgumentException(what + " at one call must be a Delay, Hang, Failure or ChangedResult, "
                    + "but was a Behavior: " + fault + ". Ask its course for what strikes at this call.");
        }
    }
}
