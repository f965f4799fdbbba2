// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.Where;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Fault;
import java.util.function.Predicate;

/**
 * What happens to some calls; say what happens to the others to have a behaviour.
 *
 * <p>Immutable, safe for use by many threads if the condition is.
 *
 * @see Behaviors#when
 * @since 0.1
 */
public final class Conditional {

    private final String text;
    private final Predicate<? super Call> condition;
    private final Fault then;

    Conditional(String text, Predicate<? super Call> condition, Fault then) {
        this.text = text;
        this.condition = condition;
        this.then = then;
    }

    /**
     * What happens to all others.
     *
     * @throws IllegalArgumentException if one of the two is nothing that can happen to a call
     */
    public Behavior otherwise(Fault other) {
        return new Where(text, occasion -> isMet(occasion.detail()), then, other);
    }

    private boolean isMet(Detail detail) {
        return detail instanceof Call call && condition.test(call);
    }
}
