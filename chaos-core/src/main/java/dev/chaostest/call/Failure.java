// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.Fault;
import dev.chaostest.plan.When;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Has a call throw.
 *
 * <p>The caller sees exactly what is thrown here, as if the called object had thrown it; where the answer comes later
 * (a {@code CompletionStage}, a {@code Future}), it fails with it. Before the effect, the called object is not reached;
 * after it, the object did its work and the caller does not learn of it.
 *
 * <pre>{@code
 * Failure declined = Failure.of(() -> new DeclinedException("no funds"));
 * Rule once = Rule.of(Calls.to(Gateway.class, "charge"), Trigger.nth(1), declined);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads if the supplier is.
 *
 * @param text what is thrown, for messages and the replay line; the same in every run
 * @param thrown makes a new one each time
 * @param strikes before or after the effect
 * @since 0.1
 */
public record Failure(String text, Supplier<? extends Throwable> thrown, When strikes) implements Fault {

    public Failure {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(thrown, "thrown");
        Objects.requireNonNull(strikes, "strikes");
    }

    /** Before the effect; the text is that of a first one, which is made here and thrown away. */
    public static Failure of(Supplier<? extends Throwable> thrown) {
        return new Failure(String.valueOf(thrown.get()), thrown, When.BEFORE);
    }

    /** As this one, but the called object did its work before. */
    public Failure afterTheEffect() {
        return new Failure(text, thrown, When.AFTER);
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public String toString() {
        return "failure " + text + (strikes == When.BEFORE ? " before" : " after") + " the effect";
    }
}
