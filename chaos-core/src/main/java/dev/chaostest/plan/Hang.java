// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Objects;

/**
 * Gives no answer until it is released.
 *
 * <p>The caller waits as for a peer that has stopped: its own time-outs apply, and closing, cancelling or interrupting
 * frees it at once. So does the release: closing the {@link dev.chaostest.Injection}, or the end of the scope; then the
 * operation goes on, with its effect and its result.
 *
 * <pre>{@code
 * Injection hang = scope.inject(Rule.of(target, Trigger.nth(1), new Hang(When.BEFORE)));
 * Future<?> payment = executor.submit(() -> service.pay(order));
 * hang.close();
 * payment.get(1, TimeUnit.SECONDS);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param strikes before the operation is sent on, or before its answer is
 * @param moment what it is before or after, as its text tells it
 * @since 0.1
 */
public record Hang(When strikes, Moment moment) implements Fault {

    public Hang {
        Objects.requireNonNull(strikes, "strikes");
        Objects.requireNonNull(moment, "moment");
    }

    /** At an operation. */
    public Hang(When strikes) {
        this(strikes, Moment.EFFECT);
    }

    @Override
    public Fault at(Moment other) {
        return new Hang(strikes, other);
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public String toString() {
        return "hang " + moment.told(strikes);
    }
}
