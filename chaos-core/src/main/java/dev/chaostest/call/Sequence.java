// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.Healthy;
import dev.chaostest.call.internal.Steps;
import dev.chaostest.plan.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What happens at the first call, the second and so on; say what comes after the last to have a behaviour.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @see Behaviors#sequence
 * @since 0.1
 */
public final class Sequence {

    private final List<Fault> steps;

    Sequence(List<Fault> steps) {
        this.steps = steps;
    }

    /** All later calls meet what the last step says. */
    public Behavior thenRepeatLast() {
        return new Steps(steps, false);
    }

    /** All later calls fail. */
    public Behavior thenFail(Supplier<? extends Throwable> failure) {
        return then(Failure.of(failure));
    }

    /** Nothing happens to later calls. */
    public Behavior thenHealthy() {
        return then(new Healthy());
    }

    /** The first step follows the last. */
    public Behavior cycle() {
        return new Steps(steps, true);
    }

    private Behavior then(Fault last) {
        List<Fault> all = new ArrayList<>(steps);
        all.add(last);
        return new Steps(all, false);
    }
}
